import assert from "node:assert/strict";
import { test } from "node:test";
import { heightScale, levels } from "../panels/parts/heights.js";
import { placeOf, said, titleOf, valueAt } from "../panels/parts/knobs.js";
import { latest } from "../panels/parts/latest.js";
import { followsTheSlope, largest, memoryOf, nearest, order, result, squaresOf, standing, suited, turned, words } from "../panels/parts/race-board.js";
import { logMarks, logScale } from "../panels/parts/rate-axis.js";
import { drawn, verdict } from "../panels/bowl.js";

const racer = (/** @type {any} */ more) => ({ name: "sgd", title: "SGD", settings: {}, slots: [], value: 0, height: 0, distance: 0, reached: null, diverged: null, ...more });
const meta = { racers: [racer({ title: "A", reached: 40 }), racer({ title: "B", diverged: 1 }), racer({ title: "C", reached: 7 })], steps: 2, start: [1, 1], lowest: -1, minima: [[0, 0], [3, 4]] };

test("a race stands as its paths say, at every step", () => {
  const arrays = {};
  for (const [index, places] of [[1, 1, 0.5, 0, 0, 0], [1, 1, 9, 9, NaN, NaN], [1, 1, 3, 4, 3, 3]].entries()) {
    Object.assign(arrays, { [`${index}.position`]: places, [`${index}.value`]: [0, -0.5, -1] });
  }
  assert.deepEqual(standing(meta, arrays, 1).map(({ distance, lost }) => [distance, lost]), [[0.5, false], [nearest(9, 9, meta.minima), true], [0, false]]);
  assert.equal(standing(meta, arrays, 1)[0].height, 0.5);
  assert.equal(standing(meta, arrays, 2)[1].lost, true);
});

test("who arrives is told in order, with what became of the others", () => {
  assert.deepEqual(order(meta), [2, 0, 1]);
  assert.deepEqual(meta.racers.map(result), ["40", "diverged", "7"]);
  assert.equal(words(meta), "C arrived after 7 steps, A arrived after 40 steps, B diverged.");
  assert.match(words({ ...meta, racers: [racer({ title: "A" })] }), /A has not arrived after 2 steps/);
});

test("what an optimizer remembers is known by its slots, and only steps along the slope need a rate for each surface", () => {
  assert.equal(memoryOf(racer({ slots: ["velocity"] })), "velocity");
  assert.deepEqual([memoryOf, squaresOf].map((of) => of(racer({ slots: ["mean", "square"] }))), ["mean", "square"]);
  assert.equal(squaresOf(racer({ slots: ["velocity"] })), undefined);
  const optimizers = [{ name: "sgd", slots: [] }, { name: "momentum", slots: ["velocity"] }, { name: "adam", slots: ["mean", "square"] }];
  assert.deepEqual(optimizers.map(followsTheSlope), [true, true, false]);
  const rates = suited(optimizers.map(({ name }) => ({ name, learning_rate: 0.5, momentum: 0.9 })), { rate: 0.01 }, optimizers);
  assert.deepEqual(rates.map((one) => one.learning_rate), [0.01, 0.002, 0.5]);
  assert.equal(rates[1].momentum, 0.9);
});

test("the longest vector of a path, whatever became of the rest", () => assert.equal(largest([3, 4, NaN, 1, 0, 1]), 5));

test("heights are told apart near the bottom, and lines lie between the lowest and the highest", () => {
  const scale = heightScale([2, 3, 12, NaN], 2);
  assert.equal(scale.share(2), 0);
  assert.ok(Math.abs(scale.share(12) - 1) < 1e-12 && Number.isNaN(scale.share(NaN)));
  assert.ok(scale.share(2.01) > 0.1);
  for (const share of [0.1, 0.5, 0.9]) assert.ok(Math.abs(scale.share(2 + scale.height(share)) - share) < 1e-12);
  const lines = levels(scale);
  assert.ok(lines.length > 8 && lines.every((share, at) => share > 0 && share < 1 && (at === 0 || share < lines[at - 1])));
});

test("a slider stops at numbers people say, and goes from one end to the other", () => {
  const knob = { low: 1e-6, high: 10, scale: "log", kind: "number" };
  assert.equal(valueAt(knob, 0), 1e-6);
  assert.equal(valueAt(knob, 200), 10);
  for (const value of [0.001, 0.03, 0.25, 4]) {
    const found = valueAt(knob, placeOf(knob, value));
    assert.ok(Math.abs(Math.log(found / value)) < 0.12, `${value} became ${found}`);
  }
  assert.equal(valueAt({ low: 1, high: 1000, scale: "log", kind: "integer" }, 100), 30);
  const many = { low: 0, high: 1e6, scale: "linear", kind: "integer" };
  assert.deepEqual([0, 200].map((place) => valueAt(many, place)), [0, 1e6]);
  assert.equal(valueAt(many, placeOf(many, 1000)), 1000);
  assert.ok(placeOf(many, 1000) > 90 && placeOf(many, 1000) < 110);
  assert.equal(valueAt({ low: 0, high: 90, scale: "linear", kind: "number" }, 100), 45);
  assert.deepEqual([8, 0.05, 50, 0.123, 1e-7, 1200].map(said), ["8", "0.05", "50", "0.123", "1×10⁻⁷", "1,200"]);
  assert.equal(titleOf("steps_up", /** @type {any} */ ({ title: "", symbol: "" })), "steps up");
});

test("of questions that come while one is under way only the last is asked", async () => {
  const asked = /** @type {number[]} */ ([]);
  let free = () => {};
  const ask = latest(async (/** @type {number} */ input) => {
    asked.push(input);
    if (input === 1) await new Promise((done) => { free = () => done(undefined); });
  });
  const first = ask(1);
  ask(2);
  ask(3);
  free();
  await first;
  assert.deepEqual(asked, [1, 3]);
});

test("the axis of rates marks powers of ten, and numbers between where few are in sight", () => {
  assert.deepEqual(logMarks(0.001, 100), [0.001, 0.01, 0.1, 1, 10, 100]);
  assert.deepEqual(logMarks(0.05, 3), [0.05, 0.1, 0.2, 0.5, 1, 2]);
  const scale = logScale([0.01, 100], [0, 400]);
  assert.ok(Math.abs(scale(1) - 200) < 1e-9 && Math.abs(scale.invert(300) - 10) < 1e-9);
});

test("what a rate does to a bowl is said as it was measured", () => {
  assert.match(verdict(0.001, 0.25, 0.9), /creeping/);
  assert.match(verdict(0.1, 0.25, 1e-5), /without crossing/);
  assert.match(verdict(0.2, 0.25, 1e-5), /jumps across/);
  assert.match(verdict(0.26, 0.25, 40), /beyond 2\/λ/);
  assert.match(verdict(0.26, 0.25, NaN), /beyond 2\/λ/);
  assert.equal(drawn(NaN), drawn(Infinity));
  assert.ok(drawn(1e-30) < drawn(0.5));
});

test("a start turns with its ravine, and back again", () => {
  assert.deepEqual(turned([1, 0], 90), [0, 1]);
  assert.deepEqual(turned([-2.6, 0.3], 45), [-2.051, -1.626]);
  turned(turned([-2.6, 0.3], 45), -45).forEach((value, axis) => assert.ok(Math.abs(value - [-2.6, 0.3][axis]) < 0.002));
});
