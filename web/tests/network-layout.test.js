import assert from "node:assert/strict";
import { test } from "node:test";
import { Edges, MOST_EDGES, MOST_SHOWN, curveY, layout } from "../panels/parts/network-layout.js";
import { zeroLine } from "../panels/parts/contour.js";
import { PaintQueue } from "../panels/parts/paint-queue.js";
import { answerAt, cellAt } from "../panels/parts/surface-reading.js";
import { product, stagesOf } from "../panels/parts/walk-stages.js";

const room = { top: 34, bottom: 34, left: 30, right: 8 };
const columns = (/** @type {number[]} */ ...units) => units.map((count, index) => ({ name: `c${index}`, units: count }));

test("tiles stay inside, apart, and grow with their place, from a phone to 4K", () => {
  let before = 0;
  for (const [width, height] of [[340, 300], [590, 370], [1100, 700], [3600, 1900]]) {
    const plan = layout(width, height, columns(2, 8, 6, 4, 1), room);
    for (const column of plan.columns) {
      assert.ok(column.x - column.size / 2 >= 0 && column.x + column.size / 2 <= width, `${width}: ${column.x}`);
      column.y.forEach((y, unit) => {
        assert.ok(y - column.size / 2 >= 0 && y + column.size / 2 <= height);
        if (unit) assert.ok(y - column.y[unit - 1] > column.size);
      });
    }
    for (let index = 1; index < plan.columns.length; index += 1) {
      assert.ok(plan.columns[index].x - plan.columns[index].size / 2 > plan.columns[index - 1].x + plan.columns[index - 1].size / 2);
    }
    assert.ok(plan.tile >= before);
    before = plan.tile;
  }
});

test("wide layers show at most sixteen, and say how many there are", () => {
  const plan = layout(1200, 900, columns(2, 128, 1), room);
  assert.equal(plan.columns[1].shown, MOST_SHOWN);
  assert.equal(plan.columns[1].units, 128);
});

test("a picture is one tile, no hidden layer is possible", () => {
  const plan = layout(600, 400, [{ name: "input", units: 64, picture: true }, { name: "layer1", units: 10 }], room);
  assert.equal(plan.columns[0].shown, 1);
  assert.ok(plan.columns[0].size > plan.columns[1].size);
});

test("lines come weak before strong, and past the limit only the strong ones", () => {
  const places = layout(800, 600, columns(16, 16), room).columns;
  const weights = Float32Array.from({ length: 256 }, (_, at) => ((at * 37) % 256) / 256 - 0.5);
  const edges = new Edges();
  edges.update(places, [weights], 0.5);
  assert.equal(edges.count, 256);
  const sizes = Array.from(edges.order.subarray(0, edges.count), (edge) => Math.min(31, Math.floor((Math.abs(edges.weight[edge]) / 0.5) * 32)));
  assert.deepEqual(sizes, [...sizes].sort((a, b) => a - b));
  const many = layout(4000, 2000, columns(...Array(10).fill(16)), room).columns;
  edges.update(many, Array(9).fill(weights), 0.5);
  assert.ok(edges.count <= MOST_EDGES && edges.count > 800);
  assert.equal(edges.count + edges.hidden, 9 * 256);
});

test("weights that are no numbers are lines too", () => {
  const places = layout(800, 600, columns(2, 2), room).columns;
  const edges = new Edges();
  edges.update(places, [Float32Array.of(NaN, Infinity, 1, -1)], 1);
  assert.equal(edges.count, 4);
  assert.equal(edges.largest, 1);
});

test("the line under the pointer is found along its whole curve", () => {
  const places = layout(800, 600, columns(3, 5), room).columns;
  const edges = new Edges();
  edges.update(places, [new Float32Array(15).fill(0.5)], 1);
  const [one, two] = places;
  const from = one.x + one.size / 2;
  const to = two.x - two.size / 2;
  for (const share of [0.08, 0.3, 0.62, 0.95]) {
    const found = edges.at(places, from + (to - from) * share, curveY(one.y[2], two.y[0], share));
    assert.deepEqual([edges.from[found], edges.to[found]], [2, 0]);
  }
  assert.equal(edges.at(places, from - 5, one.y[0]), -1);
  assert.equal(curveY(0, 10, 0.5), 5);
});

test("the zero line of a slope is where it crosses zero", () => {
  const field = Float32Array.from({ length: 25 }, (_, at) => (at % 5) - 1.5);
  const lines = zeroLine(field, 5, 5);
  assert.equal(lines.length, 4 * 4);
  for (let at = 0; at < lines.length; at += 2) assert.equal(lines[at], 1.5);
  assert.equal(zeroLine(new Float32Array(25).fill(1), 5, 5).length, 0);
});

test("a walk goes forward, over the loss, and back, and each product is what it says", () => {
  const part = { meta: { phases: ["layer1", "layer2"], row: 4, truth: "blue", loss: 0.3, loss_name: "binary_cross_entropy", batch_rows: 32, features: ["x1", "x2"],
    numeric_check: { tensor: "layer1.weight", index: [0, 1], analytic: 0.25, numeric: 0.2500001, epsilon: 1e-5 } },
  arrays: { input: [2, -1], output: [0.5], "layer1.output": [0.5, -0.5], "d.layer1.preactivation": [0.125, 0.25], "d.layer1.weight": [0.25, 0.5, -0.125, -0.25],
    "d.layer2.preactivation": [-0.4], "d.layer2.weight": [-0.2, 0.2] } };
  const stages = stagesOf(part, ["orange", "blue"]);
  assert.deepEqual(stages.map(({ kind }) => kind), ["input", "forward", "forward", "loss", "backward", "backward", "check", "update"]);
  assert.deepEqual(stages.filter(({ kind }) => kind === "backward").map(({ layer }) => layer), ["layer2", "layer1"]);
  assert.match(product(part, "layer1", 0), /x₁ → neuron 2, 2\.00 × 0\.250 = 0\.500/);
  assert.match(stages[3].text, /62 % for blue/);
});

test("the reading under the pointer names the class, the share and what is no number", () => {
  const values = Object.assign(Int8Array.of(127, -127, -128, 0), { shape: [2, 2] });
  const part = { meta: { kind: "signed", scale: 1 }, arrays: { values } };
  assert.deepEqual(answerAt(part, ["orange", "blue"], false, 0.1, 0.1), ["blue: 100 %", "output 1.00"]);
  assert.deepEqual(answerAt(part, ["orange", "blue"], false, 0.9, 0.1), ["orange: 100 %", "output −1.00"]);
  assert.deepEqual(answerAt(part, null, false, 0.1, 0.9), ["not a number here"]);
  assert.deepEqual(answerAt({ meta: { kind: "signed", scale: 4 }, arrays: { values } }, null, true, 0, 0), ["neuron: 4.00"]);
  const winner = Object.assign(Uint8Array.of(2), { shape: [1, 1] });
  assert.deepEqual(answerAt({ meta: { kind: "classes" }, arrays: { winner, probability: Uint8Array.of(204) } }, ["a", "b", "c"], false, 0.5, 0.5), ["c: 80 %"]);
  assert.equal(cellAt([2, 2], 1, 1), 3);
});

test("painted points wait in a queue until the data holds them", async () => {
  /** @type {number[][][]} */
  const sent = [];
  const queue = new PaintQueue(async (rows) => { sent.push(rows); }, () => {});
  queue.seen(1);
  queue.add([0, 0, 1]);
  queue.add([1, 0, 1]);
  await new Promise((done) => { setTimeout(done, 90); });
  assert.equal(sent.length, 1);
  assert.equal(sent[0].length, 2);
  queue.add([2, 0, 0]);
  queue.seen(2);
  assert.deepEqual(queue.rows, [[2, 0, 0]]);
  queue.clear();
  assert.equal(queue.rows.length, 0);
});
