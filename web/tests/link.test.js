import assert from "node:assert/strict";
import { test } from "node:test";
import { pack, unpack } from "../link.js";

const config = { data: { name: "spiral", painted: [[1, 2, -1]] }, optimizer: { name: "adam", learning_rate: 0.03 } };

test("a setting comes back as it went", async () => {
  const runs = [{ label: "A", changes: {} }, { label: "B", changes: { "optimizer.learning_rate": 0.3 } }];
  const edits = [{ step: 3, set: { batch_size: 8 } }];
  const hash = await pack({ config, edits, step: 40, runs, lab: "playground", hide: ["data.noise"], panels: ["network"] });
  assert.match(hash, /^s1\.[A-Za-z0-9_-]+$/);
  assert.deepEqual(await unpack(`#${hash}`), { config, edits, step: 40, runs, lab: "playground", hide: ["data.noise"], panels: ["network"] });
  const odd = await unpack(await pack(/** @type {any} */ ({ config, edits: "x", step: -4.5, hide: 7 })));
  assert.deepEqual([odd?.edits, odd?.step, odd?.hide], [undefined, undefined, undefined]);
});

test("what is no link is none; what is damaged or newer says so", async () => {
  assert.equal(await unpack(""), null);
  assert.equal(await unpack("#panel"), null);
  const hash = await pack({ config });
  await assert.rejects(unpack(hash.slice(0, -8)), /damaged/);
  await assert.rejects(unpack(hash.replace("s1.", "s7.")), /another version/);
  await assert.rejects(unpack(await pack(/** @type {any} */ ({ lab: "x" }))), /no setting/);
});

test("a link that unpacks without end is refused", async () => {
  await assert.rejects(unpack(await pack({ config: { x: "a".repeat(3_000_000) } })), /damaged/);
});
