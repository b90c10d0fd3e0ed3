import assert from "node:assert/strict";
import { test } from "node:test";
import { figuresShared, strongest } from "../panels/parts/terms.js";

test("figures that two numbers share", () => {
  assert.equal(figuresShared(0.123456, 0.123456), 15);
  assert.equal(figuresShared(0.123456, 0.1234561), 6);
  assert.equal(figuresShared(1, -1), 0);
});

test("the strongest terms stay in their order", () => {
  assert.deepEqual(strongest([1, 5, 0.1, -9], [1, 1, 1, 1], 2), [1, 3]);
  assert.deepEqual(strongest([1, 2], [0, 0], 5), [0, 1]);
});
