import assert from "node:assert/strict";
import { test } from "node:test";
import { read, same, write } from "../shelf/address.js";
import { ends, path } from "../shelf/curve-path.js";
import { find } from "../shelf/find.js";
import { next } from "../shelf/grid-keys.js";
import { understand } from "../shelf/progress.js";

const AT = "http://here:1/";

test("an address is the shelf, a lab, or a link that names its lab", () => {
  assert.deepEqual(read(AT), { lab: null, hash: "" });
  assert.deepEqual(read(`${AT}?lab=learning%20rate`), { lab: "learning rate", hash: "" });
  assert.deepEqual(read(`${AT}#s1.abc`), { lab: "", hash: "#s1.abc" });
  assert.deepEqual(read(`${AT}?lab=a&step=2#s1.abc`), { lab: "a", hash: "#s1.abc" });
  assert.deepEqual(read(`${AT}?lab=#stage`), { lab: null, hash: "" });
  for (const lab of ["a", "learning rate", "ä&b=c#d"]) assert.equal(read(new URL(write(lab), AT).href).lab, lab);
  assert.equal(new URL(write(null), `${AT}?lab=a#s1.x`).href, AT);
  assert.ok(!same(read(`${AT}?lab=a`), read(`${AT}?lab=a#s1.x`)) && same(read(`${AT}?lab=a`), read(`${AT}?lab=a&step=3`)));
});

const LABS = [["neuron", "One neuron", "What can a line decide?"], ["rate", "Learning rate", "How fast is too fast for one neuron?"],
  ["decay", "Weight decay", "Résidu"]].map(([name, title, wonder], order) => ({ name, title, wonder, teaches: null, minutes: 1, order, steps: 0 }));

test("labs are found by the beginnings of words, those whose title fits first", () => {
  const names = (typed) => find(LABS, typed).map(({ name }) => name);
  assert.deepEqual(names(""), ["neuron", "rate", "decay"]);
  assert.deepEqual(names("  neur "), ["neuron", "rate"]);
  assert.deepEqual(names("RESI"), ["decay"]);
  assert.deepEqual(names("one fast"), ["rate"]);
  assert.deepEqual(names("euron"), []);
});

test("arrow keys among cards", () => {
  const places = [[0, 0], [100, 0], [200, 0], [0, 80], [100, 80]];
  assert.equal(next(places, 0, "ArrowRight"), 1);
  assert.equal(next(places, 0, "ArrowLeft"), 0);
  assert.equal(next(places, 1, "ArrowDown"), 4);
  assert.equal(next(places, 2, "ArrowDown"), 4);
  assert.equal(next(places, 4, "ArrowUp"), 1);
  assert.equal(next(places, 2, "ArrowUp"), -1);
  assert.equal(next(places, 3, "ArrowDown"), 4);
  assert.equal(next(places, 3, "a"), null);
});

test("what a browser kept is believed only as far as it makes sense", () => {
  const nothing = { last: null, labs: {} };
  for (const text of [null, "", "[", "3", '"x"', "null", '{"labs":null}']) assert.deepEqual(understand(text), nothing);
  assert.deepEqual(understand(JSON.stringify({ last: "a", labs: { a: { done: [3, 1, 1, "x", -1, 1e9], at: 2.5 }, b: 4 } })),
    { last: "a", labs: { a: { done: [1, 3], at: 0 } } });
});

test("curves of the small pictures", () => {
  assert.deepEqual(ends([[1, 0.1], [1, 1e9]]), [-1, 0]);
  assert.deepEqual(ends([[NaN]]), [-1, 0]);
  const [low, high] = ends([[0.5, 0.49]]);
  assert.ok(high - low >= 0.3 - 1e-9);
  assert.deepEqual(path([0, 50, 100], [1, NaN, 0.1], [-1, 0], 100), [[0, 0], [1, 1]]);
  assert.deepEqual(path([0, 10], [1e6, 0], [-1, 0], 10), [[0, 0], [1, 1]]);
});
