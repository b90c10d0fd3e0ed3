import assert from "node:assert/strict";
import { test } from "node:test";
import { contrast, parseColor, toOklab } from "../kit/color.js";
import { LANES, laneCss, laneStyle } from "../kit/lanes.js";
import { SHAPES } from "../kit/palette.js";
import { followPoint, pointAt } from "../kit/linked.js";
import { assigned, called, difference, differing, letter, said } from "../lanes/difference.js";
import { minus } from "../panels/parts/difference-fields.js";
import { Subscriptions } from "../subscriptions.js";

const THEMES = [["light", "#ffffff", ["#1663b0", "#d4600f", "#0b7a6b"]], ["dark", "#18191d", ["#62aef5", "#ff9a4a", "#4fd0bd"]]];
// Machado, Oliveira and Fernandes (2009), severity 1, on linear sRGB: red-blind, green-blind, blue-blind.
const BLIND = [[1, 0, 0, 0, 1, 0, 0, 0, 1], [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039]];

function seen(hex, m) {
  const linear = parseColor(hex).map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  const mixed = [0, 1, 2].map((row) => Math.min(1, Math.max(0, m[row * 3] * linear[0] + m[row * 3 + 1] * linear[1] + m[row * 3 + 2] * linear[2])));
  return toOklab(mixed.map((c) => 255 * (c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055)));
}
const apart = (a, b) => Math.hypot(...a.map((one, i) => one - b[i]));
const hue = (hex) => { const [, a, b] = toOklab(parseColor(hex)); return [Math.hypot(a, b), (Math.atan2(b, a) * 180) / Math.PI]; };

test("each lane has a hue, dashes and a mark of its own, in both themes, for every kind of colour sight", () => {
  const all = Array.from({ length: LANES }, (_, index) => laneStyle(index));
  assert.equal(new Set(all.map(({ dash }) => dash.join())).size, LANES);
  assert.equal(new Set(all.map(({ mark }) => mark)).size, LANES);
  for (const { mark } of all) assert.ok(SHAPES.includes(mark), mark);
  assert.deepEqual(laneStyle(LANES + 2), laneStyle(2));
  for (const [theme, panel, taken] of THEMES) {
    for (const style of all) {
      assert.ok(contrast(parseColor(style[theme]), parseColor(panel)) >= 3, `${style[theme]} on ${panel}`);
      const [chroma, angle] = hue(style[theme]);
      for (const other of taken) {
        const gap = Math.abs(((angle - hue(other)[1] + 540) % 360) - 180);
        assert.ok(chroma < 0.04 || gap > 15, `${style[theme]} could be taken for ${other}`);
      }
      for (const before of all.slice(0, style.index)) {
        for (const m of BLIND) assert.ok(apart(seen(style[theme], m), seen(before[theme], m)) > 0.1, `${style[theme]} and ${before[theme]}`);
      }
    }
  }
  assert.equal(laneCss(1, { theme: { dark: true } }), laneStyle(1).dark);
});

const SETTINGS = [{ path: "optimizer.learning_rate", title: "Learning rate" }, { path: "optimizer.name", title: "Optimizer", options: [{ name: "sgd", title: "SGD" }, { name: "adam", title: "Adam" }] }];
const CONFIG = { optimizer: { name: "adam", learning_rate: 0.03 }, model: { hidden: [8, 8] } };

test("one difference is named once, with its value in each run", () => {
  const one = [{ label: "A", changes: {} }, { label: "B", changes: { "optimizer.learning_rate": 0.3 } }];
  assert.deepEqual(difference(one, CONFIG, SETTINGS), { title: "Learning rate", values: ["0.03", "0.3"] });
  assert.deepEqual(difference([one[0], { label: "B", changes: { "optimizer.name": "sgd" } }], CONFIG, SETTINGS).values, ["Adam", "SGD"]);
  const several = [...one, { label: "C", changes: { "model.hidden": [] } }];
  assert.deepEqual(difference(several, CONFIG, SETTINGS), { title: "", values: ["", "Learning rate 0.3", "Hidden none"] });
  assert.deepEqual(differing(several), ["optimizer.learning_rate", "model.hidden"]);
  assert.deepEqual(difference([one[0]], CONFIG, SETTINGS), { title: "", values: [""] });
});

test("values in words, names of runs", () => {
  assert.deepEqual([null, true, false, 1e-7, [8, 4], { norm: 1 }, "he_normal"].map((value) => said(value)), ["none", "on", "off", "1e−7", "8 – 4", "norm 1", "he normal"]);
  assert.equal(called("A", "0.3"), "A · 0.3");
  assert.equal(called("Run 1", ""), "Run 1");
  assert.equal(called("Run 1", "0.3"), "0.3");
  assert.equal(called("η = 0.3", "0.3"), "η = 0.3");
  assert.equal(letter([{ label: "A" }, { label: "C" }]), "B");
  assert.equal(letter([..."ABCDEFGH"].map((label) => ({ label }))), "Run 9");
});

test("a run's setting is the first's with its changes, without those that do not fit, and the first's stays", () => {
  const made = assigned(CONFIG, { "optimizer.learning_rate": 1, batch_size: 4, "clip.norm": 2, "model.hidden": [1] }, ["model.hidden"]);
  assert.deepEqual(made, { optimizer: { name: "adam", learning_rate: 1 }, model: { hidden: [8, 8] }, batch_size: 4, clip: { norm: 2 } });
  assert.equal(CONFIG.optimizer.learning_rate, 0.03);
});

test("what is pointed at in one picture is marked in all others of the same axis, and never comes back", () => {
  const told = [];
  const a = followPoint("step", (value) => { told.push(["a", value]); pointAt("step", 99, a); });
  const b = followPoint("step", (value) => told.push(["b", value]));
  const c = followPoint("epoch", (value) => told.push(["c", value]));
  pointAt("step", 10, b);
  assert.deepEqual(told.splice(0), [["a", 10]]);
  b.stop();
  pointAt("step", null, null);
  assert.deepEqual(told.splice(0), [["a", null]]);
  c.axis = "step";
  pointAt("step", 1, a);
  assert.deepEqual(told, [["c", 1]]);
  a.stop();
  c.stop();
});

const field = (values, scale) => ({ meta: { kind: "signed", scale }, arrays: { values: Object.assign(Int8Array.from(values), { shape: [2, 2] }) } });
const classes = (winner, probability) => ({ meta: { kind: "classes" },
  arrays: { winner: Object.assign(Uint8Array.from(winner), { shape: [2, 2] }), probability: Uint8Array.from(probability) } });

test("the difference of two fields is in the output's unit, and says where they name different things", () => {
  const signed = minus(field([127, -127, 0, -128], 1), field([127, 127, 64, 5], 2));
  assert.deepEqual([...signed.values].map((value) => Number(value.toFixed(3))), [1, 3, 1.008, NaN]);
  assert.equal(signed.disagree, 0.5);
  assert.equal(signed.most, 3);
  const named = minus(classes([0, 1, 2, 255], [255, 51, 102, 0]), classes([0, 2, 2, 1], [204, 51, 153, 0]));
  assert.deepEqual([...named.values].map((value) => Number(value.toFixed(3))), [-0.2, Infinity, 0.2, NaN]);
  assert.ok(named.others && named.classes && named.disagree === 0.25);
  assert.equal(minus(field([1, 2, 3, 4], 1), classes([0, 0, 0, 0], [0, 0, 0, 0])), null);
});

test("the same probe of two runs are two streams, and the run goes over the wire", () => {
  const sent = [];
  const all = new Subscriptions((name, fields) => { sent.push([name, fields]); return Promise.resolve(); });
  const want = (key, run) => ({ key, probe: "curves", rate: 4, run });
  all.set("lanes", [want("r1"), want("r2", "r2")]);
  all.set("curves", [want("a"), want("b", "r2")]);
  assert.deepEqual(sent.map(([, { run }]) => run), [undefined, "r2"]);
  const [one, two] = sent.map(([, { key }]) => key);
  const part = (key, loss) => ({ key, probe: "curves", meta: { reset: true }, arrays: { loss: [loss] } });
  const rounds = all.sort([{ parts: [part(one, 1), part(two, 2)] }]);
  const found = (owner, key) => rounds.get(owner)[0].get(key).arrays.loss[0];
  assert.deepEqual([found("lanes", "r1"), found("lanes", "r2"), found("curves", "a"), found("curves", "b")], [1, 2, 1, 2]);
  all.set("curves", []);
  all.set("lanes", [want("r1")]);
  assert.deepEqual(sent.at(-1), ["unsubscribe", { key: two }]);
});
