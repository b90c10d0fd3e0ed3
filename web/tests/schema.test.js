import assert from "node:assert/strict";
import { test } from "node:test";
import { settings } from "../controls/schema.js";

const knob = (/** @type {any} */ given) => ({ kind: "number", default: 0, low: 0, high: 1, scale: "linear", unit: "", help: "Help.",
  choices: [], effect: "live", optional: false, title: "", symbol: "", ...given });
const thing = (/** @type {string} */ name, knobs = {}, more = {}) => ({ name, title: name, sentence: "It is.", formula: "x", source: "A, 1", knobs, ...more });
const catalog = {
  datasets: [thing("spiral", { noise: knob({}), points: knob({ kind: "integer", effect: "rebuild" }) }), thing("xor")],
  models: [thing("mlp", { hidden: knob({ kind: "integers" }) })],
  losses: [thing("mse", {}, { tasks: ["regression"] }), thing("hinge", {}, { tasks: ["binary"] }), thing("log", {}, { tasks: ["binary", "classes"] })],
  optimizers: [thing("sgd", { learning_rate: knob({ scale: "log" }) }), thing("odd", { wobble: knob({ kind: "wobbly" }) })],
  schedules: [thing("constant")], initializers: [thing("zeros"), thing("ones")],
  settings: { regularization: { l1: knob({ title: "L1" }) }, clip: { norm: knob({}), value: knob({}) },
    scalars: { batch_size: knob({ kind: "integer" }) }, name_effects: { data: "rebuild" } },
};
const config = { data: { name: "spiral", noise: 0.1, points: 500 }, model: { name: "mlp", hidden: [4] }, loss: { name: "log" },
  optimizer: { name: "sgd", learning_rate: 0.1 }, schedule: { name: "constant" }, initializer: { name: "zeros" },
  regularization: { l1: 0 }, clip: null, batch_size: 32 };

test("settings come from the catalog, grouped, in the order of the page", () => {
  const all = settings(catalog, config, { task: "binary" });
  assert.deepEqual(all.map(({ path }) => path), ["data.name", "data.noise", "data.points", "optimizer.name",
    "optimizer.learning_rate", "loss.name", "batch_size", "model.hidden", "initializer.name", "regularization.l1", "clip"]);
  assert.equal(all[0].effect, "rebuild");
  assert.equal(all[1].title, "Noise");
});

test("a loss is offered only where it serves the task, and the present one always", () => {
  const loss = settings(catalog, config, { task: "binary" }).find(({ path }) => path === "loss.name");
  assert.deepEqual(loss?.options?.map(({ name }) => name), ["hinge", "log"]);
});

test("an unknown kind of knob still becomes a setting", () => {
  const all = settings(catalog, { ...config, optimizer: { name: "odd", wobble: "w" } });
  assert.equal(all.find(({ path }) => path === "optimizer.wobble")?.kind, "wobbly");
});
