import assert from "node:assert/strict";
import { test } from "node:test";
import { Subscriptions } from "../subscriptions.js";

function fresh() {
  /** @type {any[]} */
  const sent = [];
  const all = new Subscriptions((name, fields) => { sent.push({ do: name, ...fields }); return Promise.resolve(); });
  return { all, sent };
}
const part = (/** @type {string} */ key, meta = {}, step = 1) => ({ key, probe: key, meta, arrays: {}, step, epoch: 0 });
const frame = (/** @type {any[]} */ ...parts) => ({ seq: 1, step: 1, epoch: 0, time: 0, re: null, parts });

test("the same wish of two panels is one stream, at the faster rate, until both have gone", () => {
  const { all, sent } = fresh();
  all.set("a", [{ key: "dots", probe: "points", rate: 4 }]);
  all.set("b", [{ key: "points", probe: "points", rate: 10 }]);
  assert.deepEqual(sent.map((one) => [one.do, one.key, one.rate]), [["subscribe", "points-1", 4], ["subscribe", "points-1", 10]]);
  const sorted = all.sort([frame(part("points-1"))]);
  assert.deepEqual([...sorted.get("a")?.[0].keys() ?? []], ["dots"]);
  assert.deepEqual([...sorted.get("b")?.[0].keys() ?? []], ["points"]);
  all.set("a", []);
  assert.equal(sent.length, 2);
  all.set("b", []);
  assert.deepEqual(sent.at(-1), { do: "unsubscribe", key: "points-1" });
});

test("other options are another stream; asking for the same again sends nothing", () => {
  const { all, sent } = fresh();
  all.set("a", [{ key: "s", probe: "surface", options: { unit: 0 }, rate: 12 }]);
  all.set("a", [{ key: "s", probe: "surface", options: { unit: 0 }, rate: 12 }]);
  all.set("a", [{ key: "s", probe: "surface", options: { unit: 1 }, rate: 12 }]);
  assert.deepEqual(sent.map((one) => one.do), ["subscribe", "subscribe", "unsubscribe"]);
  all.renew();
  assert.deepEqual(sent.at(-1).options, { unit: 1 });
});

test("what was refused is asked for again when the network may be another, and nothing else", async () => {
  /** @type {string[]} */
  const asked = [];
  let refuses = true;
  const all = new Subscriptions((_, { probe }) => {
    asked.push(probe);
    return refuses && probe === "chain" ? Promise.reject(Object.assign(new Error("no"), { name: "Refusal" })) : Promise.resolve();
  });
  all.set("a", [{ key: "c", probe: "chain" }, { key: "n", probe: "network" }]);
  await Promise.resolve();
  all.retry();
  await Promise.resolve();
  refuses = false;
  all.retry();
  await Promise.resolve();
  all.retry();
  assert.deepEqual(asked, ["chain", "network", "chain", "chain"]);
});

test("every part of a series is drawn once, in order; of pictures the newest, always there", () => {
  const { all } = fresh();
  all.set("a", [{ key: "curves", probe: "curves" }, { key: "map", probe: "surface" }]);
  const one = frame(part("curves-1", { reset: true }, 1), part("surface-2", {}, 1));
  const two = frame(part("curves-1", { reset: false }, 2), part("surface-2", {}, 2));
  const rounds = all.sort([one, two]).get("a") ?? [];
  assert.deepEqual(rounds.map((round) => round.get("curves")?.step), [1, 2]);
  assert.deepEqual(rounds.map((round) => round.get("map")?.step), [undefined, 2]);
  const later = all.sort([frame(part("curves-1", { reset: false }, 3))]).get("a") ?? [];
  assert.equal(later.length, 1);
  assert.equal(later[0].get("map")?.step, 2);
  const alone = all.sort([frame(part("surface-2", {}, 4))]).get("a") ?? [];
  assert.equal(alone[0].has("curves"), false);
});
