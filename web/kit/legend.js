/** Legends: a bar for a scale, a row of marks for classes, lines for curves. Numbers keep their places. */
import { element, write } from "./text.js";
import { onTheme, palette } from "./canvas.js";
import { drawMarks } from "./marks.js";
import { classShape } from "./palette.js";
import { number } from "./format.js";

/**
 * A colour bar with numbers under it.
 * @param {HTMLElement} parent @param {string} name what the scale measures
 * @param {"diverging" | "soft" | "viridis" | "relief" | "share"} kind
 */
export function scaleLegend(parent, name, kind) {
  const canvas = element("canvas", { "aria-hidden": "true", width: 256, height: 1 });
  const marks = [element("span"), element("span"), element("span")];
  const title = element("span", { class: "legend-name" }, name);
  const node = element("div", { class: "legend legend-scale" }, title,
    element("div", { class: "legend-bar" }, canvas, element("div", { class: "legend-marks" }, ...marks)));
  parent.append(node);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const fill = () => {
    const table = palette()[kind];
    const image = context.createImageData(256, 1);
    new Uint32Array(image.data.buffer).set(table);
    context.putImageData(image, 0, 0);
  };
  fill();
  const stop = onTheme(fill);
  return {
    node,
    /** @param {number | string} low @param {number | string} middle @param {number | string} high @param {string} [called] */
    set(low, middle, high, called) {
      [low, middle, high].forEach((value, index) => {
        const text = typeof value === "string" ? value : number(value, 2);
        write(marks[index], index === 2 && typeof value === "number" && kind !== "viridis" && kind !== "relief" && value > 0 ? `+${text}` : text);
      });
      if (called !== undefined) write(title, called);
    },
    unmount() { stop(); node.remove(); },
  };
}

/** One mark on a small canvas, for buttons and legends. @param {number} k @param {number} n @param {boolean} [hollow] */
export function markIcon(k, n, hollow = false) {
  const canvas = element("canvas", { class: "mark-icon", "aria-hidden": "true", width: 32, height: 32 });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const draw = () => {
    context.clearRect(0, 0, 32, 32);
    const colors = palette();
    drawMarks(context, classShape(k, n), [16, 16], 1, 9, k < 0 ? colors.css.ink2 : colors.classCss(k, n), colors.css.panel, hollow);
  };
  draw();
  return { canvas, draw };
}

/**
 * Marks with names: which shape and colour is which class, and how training differs from test.
 * @param {HTMLElement} parent
 */
export function classLegend(parent) {
  const node = element("div", { class: "legend legend-classes" });
  parent.append(node);
  let key = "";
  /** @type {{canvas: HTMLCanvasElement, draw: () => void}[]} */
  let icons = [];
  const stop = onTheme(() => icons.forEach((icon) => icon.draw()));
  return {
    node,
    /** @param {string[]} names @param {boolean} [withTest] */
    set(names, withTest = false) {
      const next = `${names.join("|")}${withTest}`;
      if (next === key) return;
      key = next;
      icons = names.map((_, k) => markIcon(k, names.length));
      const entries = names.map((name, k) => element("span", { class: "legend-entry" }, icons[k].canvas, name));
      if (withTest) {
        const icon = markIcon(0, Math.max(names.length, 2), true);
        icons.push(icon);
        entries.push(element("span", { class: "legend-entry" }, icon.canvas, "hollow: test"));
      }
      node.replaceChildren(...entries);
    },
    unmount() { stop(); node.remove(); },
  };
}
