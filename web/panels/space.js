/** The plane as a layer bends it: where the network moves the points before the last straight cut. */
import { View, palette } from "../kit/canvas.js";
import { drawAxes, gutter } from "../kit/axes.js";
import { drawMarks } from "../kit/marks.js";
import { classShape } from "../kit/palette.js";
import { classLegend } from "../kit/legend.js";
import { element, summary } from "../kit/text.js";
import { percent } from "../kit/format.js";
import { classNames, layerTitle } from "../kit/parts.js";
import { valueColor } from "./parts/points.js";

const STEPS = 16;
/** The layer somebody chose, while there is one of that name. @param {any} state @param {any} options @returns {string | null} */
const chosenLayer = (state, options) =>
  (["input", ...state.layers.map((/** @type {any} */ { name }) => name)].includes(options?.layer) ? options.layer : null);

export default {
  name: "space",
  title: "Bent space",
  about: "The plane's grid lines and the points, after a layer has moved them. Training bends the space until a straight cut is enough.",
  fits: (/** @type {any} */ state) => (state.layers?.length ?? 0) > 0,
  wants: (/** @type {any} */ state, /** @type {any} */ options) => [{ key: "space", probe: "space", options: { layer: chosenLayer(state, options) }, rate: 8 }],

  /** @param {HTMLElement} host @param {any} kit */
  mount(host, kit) {
    const root = element("div", { class: "stack-panel" });
    const stage = element("div", { class: "stack-stage" });
    const foot = element("div", { class: "stack-foot" });
    root.append(stage, foot);
    host.append(root);
    const view = new View(stage, { draw, label: "Grid and points as the chosen layer places them" });
    const select = element("select", { class: "small-select", "aria-label": "After which layer" });
    foot.append(element("label", { class: "inline" }, "after ", select));
    const marks = classLegend(foot);
    const words = summary(root);
    select.addEventListener("change", () => { if (kit.options) kit.options.value = { ...kit.options.value, layer: select.value }; });
    /** @type {any} */
    let part = null;
    let state = kit.state.value;
    /** The window moves towards the data, so that the picture does not tremble. @type {number[] | null} */
    let window4 = null;
    let key = "";

    function choices() {
      const next = JSON.stringify(state.layers?.map((/** @type {any} */ { name }) => name));
      if (next !== key) {
        key = next;
        select.replaceChildren(element("option", { value: "input" }, "the inputs"),
          ...(state.layers ?? []).map((/** @type {any} */ { name }) => element("option", { value: name }, layerTitle(name, state.layers))));
        window4 = null;
      }
      const now = chosenLayer(state, kit.options?.value) ?? part?.meta.layer;
      if (now && select.value !== now) { select.value = now; window4 = null; }
    }

    /** @param {any} arrays */
    function bounds({ grid, train }) {
      const found = [Infinity, -Infinity, Infinity, -Infinity];
      for (const places of [train, grid]) {
        if (!places) continue;
        for (let at = 0; at < places.length; at += 2) {
          const [x, y] = [places[at], places[at + 1]];
          if (x < found[0]) found[0] = x;
          if (x > found[1]) found[1] = x;
          if (y < found[2]) found[2] = y;
          if (y > found[3]) found[3] = y;
        }
      }
      for (const axis of [0, 2]) {
        if (!(found[axis + 1] > found[axis])) { found[axis] = (found[axis] || 0) - 1; found[axis + 1] = found[axis] + 2; }
        const room = (found[axis + 1] - found[axis]) * 0.05;
        found[axis] -= room;
        found[axis + 1] += room;
      }
      // Wider at once, so that nothing is cut off; narrower only little by little.
      window4 = window4 && window4.every(Number.isFinite)
        ? window4.map((value, index) => ((index % 2 ? found[index] > value : found[index] < value) ? found[index] : value + (found[index] - value) * 0.15)) : found;
      return window4;
    }

    function draw() {
      if (!part) return;
      const colors = palette();
      const { context, text } = view;
      const room = gutter(text, true);
      const box = { x: room.left, y: room.top, width: view.width - room.left - room.right, height: view.height - room.top - room.bottom };
      const [x0, x1, y0, y1] = bounds(part.arrays);
      const sx = box.width / (x1 - x0);
      const sy = box.height / (y1 - y0);
      context.save();
      context.beginPath();
      context.rect(box.x, box.y, box.width, box.height);
      context.clip();
      const { grid, train, train_y: labels } = part.arrays;
      if (grid) {
        const [lines, samples] = grid.shape;
        context.strokeStyle = colors.css.faint;
        context.lineWidth = 1;
        context.beginPath();
        for (let line = 0; line < lines; line += 1) {
          for (let sample = 0; sample < samples; sample += 1) {
            const at = (line * samples + sample) * 2;
            const [px, py] = [box.x + (grid[at] - x0) * sx, box.y + box.height - (grid[at + 1] - y0) * sy];
            if (sample) context.lineTo(px, py);
            else context.moveTo(px, py);
          }
        }
        context.stroke();
      }
      const classes = classNames(state)?.length ?? 0;
      const kinds = classes || STEPS;
      let [low, high] = [Infinity, -Infinity];
      for (const value of labels) { low = Math.min(low, value); high = Math.max(high, value); }
      /** @type {number[][]} */
      const groups = Array.from({ length: kinds }, () => []);
      for (let row = 0; row < labels.length; row += 1) {
        const kind = classes ? Math.round(labels[row]) : Math.min(STEPS - 1, Math.floor(((labels[row] - low) / (high - low || 1)) * STEPS));
        groups[kind]?.push(box.x + (train[row * 2] - x0) * sx, box.y + box.height - (train[row * 2 + 1] - y0) * sy);
      }
      const r = Math.max(2.4, Math.min(6, Math.min(box.width, box.height) / 90));
      groups.forEach((group, kind) => drawMarks(context, classes ? classShape(kind, classes) : "circle", group, group.length / 2, r,
        classes ? colors.classCss(kind, classes) : valueColor((kind + 0.5) / STEPS, [low, high], colors), classes ? colors.css.panel : colors.css.ink2, false, classes ? undefined : 1.4));
      context.restore();
      const named = part.meta.units ? part.meta.units.map((/** @type {number} */ unit) => `neuron ${unit + 1}`) : ["1st direction", "2nd"];
      drawAxes(view, colors, box, { x: [x0, x1], y: [y0, y1], xName: named[0], yName: named[1] });
    }

    let told = "";
    return {
      /** @param {Map<string, any>} parts @param {any} next */
      draw(parts, next) {
        if (next) state = next;
        choices();
        const fresh = parts.get("space");
        if (!fresh || fresh === part) return;
        part = fresh;
        marks.set(classNames(state) ?? []);
        view.paint();
        const { explained } = part.meta;
        const text = explained ? `two directions with ${percent(explained)} of the spread` : "";
        if (text !== told) { told = text; kit.note?.(text); }
        words.update(() => `${part.arrays.train_y.length} points after ${layerTitle(part.meta.layer, state.layers ?? [])}. ${text}`);
      },
      resize() { view.redraw(); },
      unmount() { marks.unmount(); view.unmount(); root.remove(); },
    };
  },
};
