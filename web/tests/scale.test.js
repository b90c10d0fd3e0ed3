import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest, read, stops, whole, write } from "../controls/scale.js";

const knob = (/** @type {any} */ given) => ({ kind: "number", scale: "linear", low: 0, high: 1, default: 0, ...given });

test("a log slider stops at the numbers people say", () => {
  const all = stops(knob({ scale: "log", low: 0.00001, high: 10, default: 0.03 }));
  for (const value of [0.00001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10]) assert.ok(all.includes(value), String(value));
  assert.deepEqual(all, [...all].sort((a, b) => a - b));
});

test("a log range from zero keeps zero as its first stop", () => {
  const all = stops(knob({ scale: "log", low: 0, high: 1 }));
  assert.equal(all[0], 0);
  assert.equal(all.at(-1), 1);
  assert.ok(all[1] > 0 && all[1] <= 1e-4);
});

test("whole numbers on a log scale have the powers of two", () => {
  const all = stops(knob({ kind: "integer", scale: "log", low: 1, high: 512 }));
  for (const value of [1, 2, 4, 8, 10, 16, 30, 32, 64, 100, 128, 256, 512]) assert.ok(all.includes(value), String(value));
  assert.ok(all.every(Number.isInteger));
});

test("a linear range has about a hundred even steps and both ends", () => {
  const all = stops(knob({ low: 0.1, high: 0.9 }));
  assert.equal(all[0], 0.1);
  assert.equal(all.at(-1), 0.9);
  assert.ok(all.includes(0.5));
  assert.deepEqual(stops(knob({ kind: "integer", low: 2, high: 6 })), [2, 3, 4, 5, 6]);
});

test("nearest", () => {
  assert.equal(nearest([0, 1, 10], 0.4), 0);
  assert.equal(nearest([0, 1, 10], 0.6), 1);
  assert.equal(nearest([0, 1, 10], 99), 2);
});

test("numbers are written as people write them, and read back", () => {
  const pairs = { 0.03: "0.03", 1400: "1,400", 1e-6: "1e−6", "-0.5": "−0.5", 2.5e9: "2.5e9", 0: "0" };
  for (const [value, text] of Object.entries(pairs)) {
    assert.equal(write(Number(value)), text);
    assert.equal(read(text), Number(value));
  }
  assert.equal(write(NaN), "not a number");
  assert.equal(read("0,5"), 0.5);
  assert.equal(read("1,500"), 1500);
  assert.ok(Number.isNaN(read("much")) && Number.isNaN(read("")));
  assert.equal(whole(1234567), "1,234,567");
});
