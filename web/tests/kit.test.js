import assert from "node:assert/strict";
import { test } from "node:test";
import { contrast, mix, parseColor, pixel, toOklab } from "../kit/color.js";
import { SHAPES, classColor, classShape, divergingTable, makePalette, viridis, viridisTable } from "../kit/palette.js";
import { fixed, number, percent, plural, power, pretty, tick, whole } from "../kit/format.js";
import { linear, logTicks, roundDown, roundUp, steadyEnd, ticks } from "../kit/scale.js";
import { Series, Strip } from "../kit/series.js";

/** @typedef {import("../kit/color.js").Rgb} Rgb */
const rgb = (/** @type {string} */ text) => parseColor(text);
const LIGHT = { dark: false, panel: rgb("#ffffff"), paper: rgb("#f6f5f2"), ink: rgb("#17181c"), ink2: rgb("#55565e"), line: rgb("#e5e2dc"),
  accent: rgb("#0b7a6b"), positive: rgb("#1663b0"), negative: rgb("#d4600f"), warn: rgb("#d4600f"), test: rgb("#a3308a") };
const DARK = { dark: true, panel: rgb("#18191d"), paper: rgb("#101114"), ink: rgb("#eeeef1"), ink2: rgb("#a9aab2"), line: rgb("#2a2c32"),
  accent: rgb("#4fd0bd"), positive: rgb("#62aef5"), negative: rgb("#ff9a4a"), warn: rgb("#ff9a4a"), test: rgb("#e08ad0") };

/** What a person without one kind of cone sees (Machado, Oliveira and Fernandes 2009, full strength), in linear light. @type {Record<string, number[]>} */
const SIGHT = {
  normal: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  deuteranope: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  protanope: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  tritanope: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};

/** @param {Rgb} color @param {number[]} m @returns {Rgb} */
function seen(color, m) {
  const [r, g, b] = color.map((c) => (c / 255) ** 2.2);
  const channel = (/** @type {number} */ row) => 255 * Math.max(0, Math.min(1, m[row] * r + m[row + 1] * g + m[row + 2] * b)) ** (1 / 2.2);
  return [channel(0), channel(3), channel(6)];
}
const apart = (/** @type {Rgb} */ a, /** @type {Rgb} */ b) => Math.hypot(...toOklab(a).map((value, index) => value - toOklab(b)[index]));

test("zero of the signed scale is exactly the panel, in both themes", () => {
  for (const theme of [LIGHT, DARK]) {
    const table = divergingTable(theme.panel, theme.positive, theme.negative);
    assert.equal(table[128], pixel(theme.panel));
    assert.equal(table[255], pixel(theme.positive));
    assert.equal(table[1], pixel(theme.negative));
    const soft = divergingTable(theme.panel, theme.positive, theme.negative, 0.5);
    assert.equal(soft[128], pixel(theme.panel));
  }
});

test("the signed scale moves away from zero evenly, and as far on either side", () => {
  for (const theme of [LIGHT, DARK]) {
    for (const end of [theme.positive, theme.negative]) {
      const steps = Array.from({ length: 16 }, (_, index) => apart(mix(theme.panel, end, index / 16), mix(theme.panel, end, (index + 1) / 16)));
      assert.ok(Math.max(...steps) < 1.4 * Math.min(...steps), `${steps}`);
    }
  }
});

test("plus and minus stay apart for every kind of colour sight", () => {
  for (const theme of [LIGHT, DARK]) {
    for (const [name, matrix] of Object.entries(SIGHT)) {
      const far = apart(seen(theme.positive, matrix), seen(theme.negative, matrix));
      assert.ok(far > 0.12, `${name}: ${far}`);
    }
  }
});

test("viridis begins and ends as published and only gets lighter", () => {
  assert.deepEqual(viridis(0).map(Math.round), [68, 1, 84]);
  assert.deepEqual(viridis(1).map(Math.round), [253, 231, 37]);
  const light = Array.from({ length: 64 }, (_, index) => toOklab(viridis(index / 63))[0]);
  for (let at = 1; at < light.length; at += 1) assert.ok(light[at] > light[at - 1]);
  assert.equal(viridisTable().length, 256);
});

test("two classes wear the signs' colours; ten have ten shapes and ten colours that can be told apart", () => {
  assert.deepEqual(classColor(0, 2, LIGHT), LIGHT.negative);
  assert.deepEqual(classColor(1, 2, LIGHT), LIGHT.positive);
  assert.notEqual(classShape(0, 2), classShape(1, 2));
  assert.equal(new Set(Array.from({ length: 10 }, (_, k) => classShape(k, 10))).size, 10);
  assert.equal(SHAPES.length, 10);
  for (const theme of [LIGHT, DARK]) {
    for (let k = 0; k < 10; k += 1) {
      assert.ok(contrast(classColor(k, 10, theme), theme.panel) >= 3, `class ${k} on the panel`);
      assert.ok(apart(classColor(k, 10, theme), theme.accent) > 0.05, `class ${k} and the accent`);
      for (let other = 0; other < k; other += 1) assert.ok(apart(classColor(k, 10, theme), classColor(other, 10, theme)) > 0.06, `${other} and ${k}`);
    }
    // The first four also without one kind of cone; past that the shapes must carry it.
    for (const matrix of Object.values(SIGHT)) {
      for (let k = 0; k < 4; k += 1) for (let other = 0; other < k; other += 1) {
        assert.ok(apart(seen(classColor(k, 4, theme), matrix), seen(classColor(other, 4, theme), matrix)) > 0.045, `${other} and ${k}`);
      }
    }
  }
});

test("a palette holds one table a class and a visible hatch", () => {
  const palette = makePalette(LIGHT);
  assert.equal(palette.regions(4).length, 4);
  assert.equal(palette.regions(4), palette.regions(4));
  assert.equal(palette.regions(3)[1][0], pixel(LIGHT.panel));
  assert.notEqual(palette.hatch[0], palette.hatch[1]);
});

test("numbers come to the precision that means something", () => {
  assert.equal(number(0), "0");
  assert.equal(number(1.3249), "1.32");
  assert.equal(number(-0.87), "−0.870");
  assert.equal(number(0.0048123), "0.00481");
  assert.equal(number(12345.6), "12,346");
  assert.equal(number(4.13e-7), "4.1×10⁻⁷");
  assert.equal(number(-2e9), "−2×10⁹");
  assert.equal(number(0.9999), "1.00");
  assert.equal(number(9.99e-5), "1×10⁻⁴");
  assert.equal(number(NaN), "not a number");
  assert.equal(number(-Infinity), "−∞");
});

test("fixed decimals never show a minus zero", () => {
  assert.equal(fixed(-0.001, 2), "0.00");
  assert.equal(fixed(-0.4), "−0.40");
});

test("shares, wholes, powers and names read as people write them", () => {
  assert.equal(percent(0.14), "14 %");
  assert.equal(percent(0.004), "0.4 %");
  assert.equal(percent(0.0001), "0 %");
  assert.equal(percent(0.9999), "100 %");
  assert.equal(percent(0.995), "99.5 %");
  assert.equal(whole(1400), "1,400");
  assert.equal(power(-3), "10⁻³");
  assert.equal(pretty("x1*x2"), "x₁·x₂");
  assert.equal(pretty("x1^2"), "x₁²");
  assert.equal(pretty("sin(x2)"), "sin(x₂)");
  assert.equal(pretty("pixel 0,1"), "pixel 0,1");
  assert.equal(plural(1, "neuron"), "1 neuron");
  assert.equal(plural(8, "neuron"), "8 neurons");
  assert.equal(tick(0.5, 0.25), "0.50");
  assert.equal(tick(1500, 500), "1,500");
});

test("ticks are round, inside, and not too many", () => {
  assert.deepEqual(ticks(-3, 3, 3).values, [-2, 0, 2]);
  assert.deepEqual(ticks(0, 1, 4).values, [0, 0.25, 0.5, 0.75, 1]);
  assert.deepEqual(ticks(2, 2).values, [2]);
  assert.deepEqual(logTicks(0.001, 10), [-3, -2, -1, 0, 1]);
  assert.ok(logTicks(1e-12, 1e6).length <= 5);
});

test("a straight scale and its way back", () => {
  const scale = linear([-3, 3], [0, 600]);
  assert.equal(scale(0), 300);
  assert.equal(scale.invert(450), 1.5);
  assert.equal(linear([1, 1], [0, 10]).invert(5), 1);
});

test("a scale's end follows in round steps and does not tremble", () => {
  assert.equal(roundUp(3.2), 5);
  assert.equal(roundUp(0.011), 0.02);
  assert.equal(roundUp(0), 1);
  assert.equal(roundDown(0.73), 0.5);
  assert.equal(roundDown(1), 1);
  assert.equal(steadyEnd(5, 4.1), 5);
  assert.equal(steadyEnd(5, 5.3), 10);
  assert.equal(steadyEnd(10, 4.9), 10);
  assert.equal(steadyEnd(10, 1.9), 2);
});

test("a series grows, starts anew, goes back and stays bounded", () => {
  const series = new Series(100);
  series.add({ step: [0, 1, 2], loss: [3, 2, 1] }, true);
  assert.deepEqual([...series.column("loss")], [3, 2, 1]);
  series.add({ step: [2, 3], loss: [1.5, 0.5] });
  assert.deepEqual([...series.column("step")], [0, 1, 2, 3]);
  assert.deepEqual([...series.column("loss")], [3, 2, 1.5, 0.5]);
  series.add({ step: [9], loss: [7] }, true);
  assert.deepEqual([...series.column("loss")], [7]);
  for (let step = 10; step < 5000; step += 1) series.add({ step: [step], loss: [step] });
  assert.ok(series.count <= 100);
  assert.equal(series.last("loss"), 4999);
  const steps = [...series.column("step")];
  assert.deepEqual(steps, [...steps].sort((a, b) => a - b));
  series.add({ step: Array.from({ length: 300 }, (_, at) => 6000 + at), loss: new Float32Array(300) });
  assert.equal(series.count, 100);
});

test("a strip merges neighbours when full and goes back with the run", () => {
  const strip = new Strip(2, 8);
  for (let step = 0; step < 100; step += 1) strip.add(step, [step, 1]);
  assert.ok(strip.count <= 8);
  assert.equal(strip.steps[strip.count - 1], 99);
  assert.ok(strip.values[8] === 1);
  const before = strip.count;
  strip.add(10, [5, 5]);
  assert.ok(strip.count < before);
  assert.equal(strip.steps[strip.count - 1], 10);
  assert.ok(Number.isNaN(strip.values[7]));
});
