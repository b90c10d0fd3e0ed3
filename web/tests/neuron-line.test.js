import assert from "node:assert/strict";
import { test } from "node:test";
import { ends, middle, moved, sumAt, turned } from "../panels/parts/neuron-line.js";

/** @type {import("../panels/parts/neuron-line.js").Neuron} */
const neuron = { w: [2, -1], b: 0.5 };
/** @param {number} a @param {number} b */
const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

test("the line is where the sum is zero", () => {
  const at = middle(neuron, [1, 1]);
  assert.ok(at);
  near(sumAt(neuron, at), 0);
  for (const end of ends(neuron, [-3, 3], [-3, 3]) ?? assert.fail()) near(sumAt(neuron, end), 0);
});

test("moved, it goes through the place and keeps its weights", () => {
  const next = moved(neuron, [1, 2]);
  assert.deepEqual(next.w, neuron.w);
  near(sumAt(next, [1, 2]), 0);
});

test("turned, it goes through both places, as steep as before, the same side positive", () => {
  const about = /** @type {[number, number]} */ (middle(neuron));
  const next = turned(neuron, about, [about[0] + 1, about[1] + 1.7]);
  near(sumAt(next, about), 0);
  near(sumAt(next, [about[0] + 1, about[1] + 1.7]), 0);
  near(Math.hypot(...next.w), Math.hypot(...neuron.w));
  assert.ok(next.w[0] * neuron.w[0] + next.w[1] * neuron.w[1] > 0);
});

test("without weights there is no line", () => {
  assert.equal(middle({ w: [0, 0], b: 1 }), null);
  assert.equal(ends({ w: [0, 0], b: 1 }, [-1, 1], [-1, 1]), null);
});
