import assert from "node:assert/strict";
import { test } from "node:test";
import { fromEnergies, pullProbability } from "../panels/parts/softmax-rows.js";

/** @param {number[]} z @param {number} t */
const softmax = (z, t) => {
  const powers = z.map((v) => Math.exp(v / t));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((v) => v / sum);
};

test("a pulled probability is reached and the others keep their proportions", () => {
  for (const t of [0.3, 1, 5]) {
    const before = softmax([1, 2, 3], t), after = softmax(pullProbability([1, 2, 3], 0, 0.7, t), t);
    assert.ok(Math.abs(after[0] - 0.7) < 1e-9);
    assert.ok(Math.abs(after[1] / after[2] - before[1] / before[2]) < 1e-9);
  }
});

test("an energy is the logit with the other sign, and only its own", () => assert.deepEqual(fromEnergies([1, 2], 1, 3), [1, -3]));
