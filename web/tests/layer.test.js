/** A layer paints when what it shows or its place has changed, and otherwise shows what it painted. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Layer } from "../kit/layer.js";

/** A context that writes down what is asked of it. */
function fake(ratio = 2) {
  /** @type {any[]} */
  const calls = [];
  const note = (/** @type {string} */ name) => (/** @type {any[]} */ ...given) => { calls.push([name, ...given]); };
  return { calls, getTransform: () => ({ a: ratio }), save() {}, restore() {}, setTransform: note("transform"), drawImage: note("image") };
}

test("it is painted once, and again for another size, place, theme or sharpness", () => {
  const made = /** @type {any[]} */ ([]);
  globalThis.document = /** @type {any} */ ({ createElement: () => { const into = fake(); made.push(into); return { width: 0, height: 0, getContext: () => into }; } });
  const layer = new Layer(), box = { x: 10.25, y: 4, width: 100.5, height: 50 }, values = [1], colors = {};
  let painted = 0;
  const show = (/** @type {any} */ context, where = box, /** @type {any[]} */ depends = [values, colors]) => layer.draw(context, where, depends, () => { painted += 1; });
  const context = fake();
  show(context);
  show(context);
  assert.equal(painted, 1);
  assert.equal(made.length, 1);
  const canvas = /** @type {any} */ (layer.canvas);
  assert.deepEqual([canvas.width, canvas.height], [Math.ceil(110.75 * 2) - 20, 100]);
  assert.deepEqual(made[0].calls[0], ["transform", 2, 0, 0, 2, -20, -8]);
  // Shown point for point of the screen.
  assert.deepEqual(context.calls.slice(0, 2), [["transform", 1, 0, 0, 1, 0, 0], ["image", canvas, 20, 8]]);
  show(context, { ...box, width: 90 });
  show(context, { ...box, width: 90, x: 11 });
  show(context, { ...box, width: 90, x: 11 }, [[1], colors]);
  show(context, { ...box, width: 90, x: 11 }, [values, {}]);
  assert.equal(painted, 5);
  show(fake(1), { ...box, width: 90, x: 11 }, [values, {}]);
  assert.equal(painted, 6);
});

test("a box of no size is not painted", () => {
  let painted = 0;
  new Layer().draw(/** @type {any} */ (fake()), { x: 0, y: 0, width: 0, height: 20 }, [], () => { painted += 1; });
  assert.equal(painted, 0);
});
