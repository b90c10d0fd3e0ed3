import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { decode, FrameError } from "../frames.js";

/** @param {any} header @param {ArrayBufferView[]} arrays */
function frame(header, arrays = [], magic = "NPF1") {
  let text = JSON.stringify(header);
  while ((text.length + 8) % 8) text += " ";
  const sizes = arrays.map((array) => Math.ceil(array.byteLength / 8) * 8);
  const bytes = new Uint8Array(8 + text.length + sizes.reduce((a, b) => a + b, 0));
  bytes.set(new TextEncoder().encode(magic), 0);
  new DataView(bytes.buffer).setUint32(4, text.length, true);
  bytes.set(new TextEncoder().encode(text), 8);
  let at = 8 + text.length;
  arrays.forEach((array, i) => {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += sizes[i];
  });
  return bytes.buffer;
}

const header = (/** @type {any} */ arrays) => ({ seq: 3, step: 12, epoch: 1.5, time: 0.1, re: null,
  parts: [{ key: "surface", probe: "surface", meta: { low: -3 }, arrays }] });

test("arrays lie on the buffer and know their shape", () => {
  const values = new Int8Array([1, -2, 3, -4, 5, -6]), weights = new Float32Array([0.5, -0.25]);
  const buffer = frame(header({ values: { dtype: "int8", shape: [2, 3], offset: 0 },
    weights: { dtype: "float32", shape: [2], offset: 8 } }), [values, weights]);
  const { seq, step, parts: [part] } = decode(buffer);
  assert.equal(seq, 3);
  assert.equal(step, 12);
  assert.equal(part.step, 12);
  assert.equal(part.arrays.values.buffer, buffer);
  assert.deepEqual([...part.arrays.values], [...values]);
  assert.deepEqual(part.arrays.values.shape, [2, 3]);
  assert.deepEqual([...part.arrays.weights], [0.5, -0.25]);
});

test("an empty array and a part without arrays are fine", () => {
  const { parts } = decode(frame(header({ none: { dtype: "float64", shape: [0, 2], offset: 0 } })));
  assert.equal(parts[0].arrays.none.length, 0);
  assert.deepEqual(decode(frame(header(undefined))).parts[0].arrays, {});
});

test("what is wrong is named", () => {
  const wrong = (/** @type {ArrayBuffer} */ buffer, /** @type {RegExp} */ words) =>
    assert.throws(() => decode(buffer), (error) => error instanceof FrameError && words.test(error.message));
  wrong(frame(header({}), [], "NPF9"), /"NPF9".*4e 50 46 39/);
  wrong(new ArrayBuffer(5), /at least 8 bytes, this one has 5/);
  wrong(frame(header({ v: { dtype: "float16", shape: [1], offset: 0 } })), /unknown dtype "float16"/);
  wrong(frame(header({ v: { dtype: "float32", shape: [99], offset: 0 } })), /surface\.v: needs \d+ bytes/);
  wrong(frame(header({ v: { dtype: "int8", shape: [-1], offset: 0 } })), /not possible/);
  wrong(frame({ seq: "3" }), /needs a number `seq`/);
  const cut = frame(header({}));
  new DataView(cut).setUint32(4, 4000, true);
  wrong(cut, /should be 4000 bytes/);
});

const golden = new URL("../../tests/golden/", import.meta.url);
const files = existsSync(golden) ? readdirSync(golden).filter((name) => name.endsWith(".bin")) : [];
for (const name of files) {
  test(`golden frame ${name} holds what the server's tests say`, () => {
    const bytes = readFileSync(new URL(name, golden));
    const wanted = JSON.parse(readFileSync(new URL(name.replace(".bin", ".json"), golden), "utf8"));
    const frame = decode(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    for (const key of /** @type {const} */ (["seq", "step", "epoch", "time", "re"])) assert.equal(frame[key], wanted[key], key);
    assert.deepEqual(frame.parts.map(({ key, probe, meta }) => ({ key, probe, meta })),
      wanted.parts.map((/** @type {any} */ { key, probe, meta }) => ({ key, probe, meta: meta ?? {} })));
    frame.parts.forEach(({ arrays }, i) => {
      const expected = wanted.parts[i].arrays ?? {};
      assert.deepEqual(Object.keys(arrays), Object.keys(expected));
      for (const [array, values] of Object.entries(arrays)) {
        const { dtype, shape, values: numbers } = expected[array];
        assert.equal(values.constructor.name.toLowerCase(), `${dtype}array`);
        assert.deepEqual(values.shape, shape);
        numbers.forEach((/** @type {any} */ number, /** @type {number} */ at) => {
          const want = typeof number === "number" ? number : Number({ NaN: NaN, Infinity, "-Infinity": -Infinity }[String(number)] ?? number ?? NaN);
          assert.ok(Object.is(values[at], want) || values[at] === want || Math.abs(values[at] - want) <= 1e-6 * Math.abs(want), `${array}[${at}]: ${values[at]} instead of ${number}`);
        });
      }
    });
  });
}
