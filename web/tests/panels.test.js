import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { decode } from "../frames.js";

const WEB = new URL("../", import.meta.url);
const text = (/** @type {string} */ name) => readFileSync(new URL(name, WEB), "utf8");
const map = (/** @type {string} */ page) => /<script type="importmap">([^]*?)<\/script>/.exec(text(page))?.[1];

test("the page of panels carries the very import map of the page, so that the same policy lets it through", () => {
  assert.ok(map("panels.html"));
  assert.equal(map("panels.html"), map("index.html"));
});

test("no panel writes markup or styles as text: the policy would refuse it", () => {
  for (const folder of ["kit/", "panels/", "panels/parts/"]) {
    for (const name of readdirSync(new URL(folder, WEB)).filter((file) => file.endsWith(".js"))) {
      assert.doesNotMatch(text(folder + name), /innerHTML|insertAdjacentHTML|setAttribute\("style"|style="/, folder + name);
    }
  }
});

test("stored frames decode, and hold what panels ask for", () => {
  for (const name of ["spiral", "classes", "bumps", "curve", "digits", "wine"]) {
    const file = readFileSync(new URL(`fixtures/${name}.bin`, WEB));
    const bytes = file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength);
    const lengths = new DataView(bytes);
    const keys = new Set();
    let frames = 0;
    for (let at = 0; at < bytes.byteLength; frames += 1) {
      const length = lengths.getUint32(at, true);
      for (const part of decode(bytes.slice(at + 4, at + 4 + length)).parts) keys.add(part.key);
      at += 4 + length;
    }
    assert.ok(frames >= 2);
    for (const key of ["network", "points", "layers", "curves", "walk:0", "unit:layer1.0"]) assert.ok(keys.has(key), `${name}: ${key}`);
  }
});
