import assert from "node:assert/strict";
import test from "node:test";
import { distance, empty, enough, filled, heightAt, PLACES, stroke } from "../guide/drawn.js";
import { blocks, inline, liveOf } from "../guide/markdown.js";
import { curveOf, follow, readLive, valueOf, wantOf, written } from "../guide/measures.js";

test("paragraphs, lists, bold, italic, code, formulas and numbers", () => {
  const found = blocks("One **bold $x_1$** and *thin*\nstill one.\n\n- first `code`\n  goes on\n- second {loss_train}\n\n1. one\n2. two");
  assert.deepEqual(found.map(({ kind }) => kind), ["paragraph", "list", "list"]);
  assert.deepEqual(found[0].inner.map(({ kind }) => kind), ["text", "bold", "text", "italic", "text"]);
  assert.equal(found[0].inner.at(-1).text, " still one.");
  assert.deepEqual(found[0].inner[1].inner.map(({ kind }) => kind), ["text", "formula"]);
  assert.equal(found[1].items.length, 2);
  assert.deepEqual(found[1].items[0].map(({ kind }) => kind), ["text", "code", "text"]);
  assert.equal(found[2].ordered, true);
});

test("what is no markup stays text", () => {
  assert.deepEqual(inline("2 * 3 * 4 < 5 and <b>x</b>"), [{ kind: "text", text: "2 * 3 * 4 < 5 and <b>x</b>" }]);
  assert.deepEqual(inline(""), []);
});

test("braces inside a formula are the formula's, double ones are numbers", () => {
  assert.deepEqual(liveOf("$\\frac{a}{b}$ {loss_test} $z = {{network.layer1.bias.0:.2}}$ **{run 2: loss_train}**"),
    ["loss_test", "network.layer1.bias.0:.2", "run 2: loss_train"]);
});

test("live numbers: names, runs, formats", () => {
  assert.deepEqual(readLive("run 2: accuracy_test:%"), { text: "run 2: accuracy_test:%", run: 2, name: "accuracy_test", format: "%" });
  assert.deepEqual(readLive("loss_train"), { text: "loss_train", run: 1, name: "loss_train", format: "" });
  assert.equal(readLive("a:b:c"), null);
  assert.equal(curveOf("accuracy_test"), "score_test");
  assert.equal(curveOf("loss"), null);
  const state = { config: { optimizer: { learning_rate: 0.03 } }, runs: [{ id: "r1" }, { id: "r2" }] };
  assert.equal(wantOf(readLive("optimizer.learning_rate"), state), null);
  assert.equal(wantOf(readLive("run 2: loss_train"), state).run, "r2");
  assert.equal(wantOf(readLive("layer1.gradient_norm"), state).probe, "layers");
  assert.equal(valueOf(readLive("optimizer.learning_rate"), new Map(), state), 0.03);
  assert.ok(Number.isNaN(valueOf(readLive("loss_train"), new Map(), state)));
  assert.equal(wantOf(readLive("run 3: loss_train"), state), null, "a run that is not there yet");
  assert.ok(Number.isNaN(valueOf(readLive("run 3: loss_train"), new Map(), state)));
  const lanes = { ...state, runs: [{ id: "r1" }, { id: "r2", changes: { "optimizer.learning_rate": 0 } }] };
  assert.equal(valueOf(readLive("run 2: optimizer.learning_rate"), new Map(), lanes), 0, "what makes a run different");
  const weight = Object.assign(new Float32Array([1, 2, 3, 4, 5, 6]), { shape: [2, 3] });
  const parts = new Map([
    ["curves 1", { meta: {}, arrays: { loss_train: Float32Array.of(1, 0.5), score_test: Float32Array.of(0.9) } }],
    ["network 1", { meta: {}, arrays: { "layer1.weight": weight } }],
    ["layers 1", { meta: { layers: [{ name: "layer1", gradient_norm: 0.25 }] }, arrays: {} }],
  ]);
  assert.equal(valueOf(readLive("loss_train"), parts, state), 0.5);
  assert.ok(Math.abs(valueOf(readLive("accuracy_test"), parts, state) - 0.9) < 1e-6);
  assert.equal(valueOf(readLive("network.layer1.weight.1.0"), parts, state), 4);
  assert.equal(valueOf(readLive("network.layer1.weight.-1.-1"), parts, state), 6);
  assert.equal(valueOf(readLive("layer1.gradient_norm"), parts, state), 0.25);
  assert.equal(valueOf(readLive("layers.layer1.gradient_norm"), parts, state), 0.25);
  assert.ok(Number.isNaN(valueOf(readLive("layers.layer9.gradient_norm"), parts, state)));
});

test("paths lead where server/claims.py leads", () => {
  assert.equal(follow({ "layer1.own": [3, 2, 1] }, ["layer1", "own", "-1"]), 1);
  assert.equal(follow({ a: { b: 2 } }, ["a", "b"]), 2);
  assert.equal(follow({ a: 1 }, ["x"]), undefined);
});

test("numbers are written to what means something", () => {
  assert.equal(written(NaN, ""), "–");
  assert.equal(written(0.1234, "%"), "12 %");
  assert.equal(written(1234.5, "whole"), "1,235");
  assert.equal(written(-0.6789, ".2"), "−0.68");
});

test("a stroke goes over everything between two places, either way", () => {
  const last = PLACES - 1;
  const right = stroke(empty(), { at: 0, value: 0 }, { at: 1, value: 1 });
  assert.deepEqual([right[0], right[last / 2], right[last]], [0, 0.5, 1]);
  const left = stroke(empty(), { at: 1, value: 1 }, { at: 0, value: 0 });
  assert.deepEqual(left.map((value) => Math.round(value * 1e9)), right.map((value) => Math.round(value * 1e9)));
  assert.ok(enough(right) && !enough(stroke(empty(), null, { at: 0.5, value: 1 })) && !enough(empty()));
});

test("gaps are closed by straight lines, and the ends are level", () => {
  const drawn = empty();
  drawn[10] = 1;
  drawn[20] = 2;
  const whole = filled(drawn);
  assert.deepEqual([whole[0], whole[10], whole[15], whole[20], whole[PLACES - 1]], [1, 1, 1.5, 2, 2]);
  assert.equal(filled(empty()), null);
});

test("how far off: weighed by the steps, with the largest gap and the side", () => {
  const level = filled(stroke(empty(), { at: 0, value: 0.5 }, { at: 1, value: 0.5 }));
  assert.equal(heightAt(level, [0, 100], 37), 0.5);
  const off = distance(level, [0, 100], [0, 50, 100, 200], [0.5, 0.9, 0.5, 99]);
  assert.ok(off.mean > 0.1 && off.mean < 0.3 && off.above > 0);
  assert.equal(off.at, 50);
  assert.ok(Math.abs(off.largest - 0.4) < 1e-9);
  assert.equal(distance(level, [0, 100], [200], [1]), null);
});
