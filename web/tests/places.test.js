import assert from "node:assert/strict";
import { test } from "node:test";
import { arrange } from "../places.js";

const places = [{ name: "a", row: 1, width: 14 }, { name: "b", row: 1, width: 10 }, { name: "c", row: 2, width: 7 },
  { name: "d", row: 2, width: 7 }, { name: "e", row: 2, width: 10 }];

test("panels stand where the lab puts them, edges in line", () => {
  const cells = arrange(places, ["a", "b", "c", "d", "e"]);
  assert.deepEqual(cells.map(({ column, span }) => [column, span]), [[1, 14], [15, 10], [1, 7], [8, 7], [15, 10]]);
});

test("what is left fills its row, and rows have no gaps", () => {
  assert.deepEqual(arrange(places, ["c"]), [{ name: "c", row: 1, column: 1, span: 24 }]);
});

test("where there is room for two a row only, a longer row becomes two", () => {
  const cells = arrange(places, ["a", "b", "c", "d", "e"], 2);
  assert.deepEqual(cells.map(({ name, row, span }) => [name, row, span]), [["a", 1, 14], ["b", 1, 10], ["c", 2, 12], ["d", 2, 12], ["e", 3, 24]]);
});

test("a panel without a place comes into the last row, at most three, then a new one", () => {
  assert.equal(arrange(places, ["a", "b", "c", "x"]).find(({ name }) => name === "x")?.row, 2);
  assert.equal(arrange(places, ["a", "b", "c", "d", "e", "x"]).find(({ name }) => name === "x")?.row, 3);
  for (const row of [1, 2, 3]) {
    const total = arrange(places, ["a", "b", "c", "d", "e", "x"]).filter((cell) => cell.row === row).reduce((sum, { span }) => sum + span, 0);
    assert.equal(total, 24);
  }
});

test("what is too many for a row goes before the next row's own", () => {
  const cells = arrange([...places.slice(0, 2), { name: "x", row: 1, width: 10 }, ...places.slice(2)], ["a", "b", "x", "c", "d"], 2);
  assert.deepEqual(cells.map(({ name, row }) => `${name}${row}`), ["a1", "b1", "x2", "c2", "d3"]);
});
