/** Axes with numbers around a drawn rectangle. */
import { ticks } from "./scale.js";
import { tick } from "./format.js";

/** @typedef {{x: number, y: number, width: number, height: number}} Box */

/** Room an axis needs, in CSS pixels, for this text size. @param {number} text @param {boolean} [titled] */
export const gutter = (text, titled = true) => ({ left: Math.round(text * 2.7), bottom: Math.round(text * 1.75),
  top: Math.round(text * (titled ? 1.5 : 0.7)), right: Math.round(text * (titled ? 1.6 : 0.8)) });

/** @typedef {{x: [number, number], y: [number, number], xName?: string, yName?: string, grid?: boolean}} Axes */

/** The axes a view drew last; their picture once they came twice. @type {WeakMap<import("./canvas.js").View, {key: string, colors: object, picture: HTMLCanvasElement | null}>} */
const kept = new WeakMap();

/**
 * Ticks, numbers and names of both axes of a box.  Text is the dearest thing there is to draw, and axes seldom change
 * while what lies between them does, so those that come again are kept as a picture.
 * @param {import("./canvas.js").View} view @param {import("./palette.js").Palette} colors @param {Box} box @param {Axes} axes
 */
export function drawAxes(view, colors, box, axes) {
  const { canvas, context } = view;
  const key = [view.font(), canvas.width, canvas.height, box.x, box.y, box.width, box.height, ...axes.x, ...axes.y, axes.xName, axes.yName, axes.grid].join("|");
  const last = kept.get(view);
  if (last?.key !== key || last.colors !== colors) {
    kept.set(view, { key, colors, picture: null });
    paintAxes(view, context, colors, box, axes);
    return;
  }
  last.picture ??= picture(view, colors, box, axes);
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  const { width, height } = canvas;
  const right = axes.grid ? width : Math.ceil(box.x * view.ratio);
  const bottom = Math.floor((box.y + box.height - 1) * view.ratio);
  const top = Math.min(bottom, Math.ceil(box.y * view.ratio));
  for (const [x, y, w, h] of [[0, 0, width, top], [0, top, right, bottom - top], [0, bottom, width, height - bottom]]) {
    if (w > 0 && h > 0) context.drawImage(last.picture, x, y, w, h, x, y, w, h);
  }
  context.restore();
}

/** @param {import("./canvas.js").View} view @param {import("./palette.js").Palette} colors @param {Box} box @param {Axes} axes */
function picture(view, colors, box, axes) {
  const made = document.createElement("canvas");
  made.width = view.canvas.width;
  made.height = view.canvas.height;
  const context = /** @type {CanvasRenderingContext2D} */ (made.getContext("2d"));
  context.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
  paintAxes(view, context, colors, box, axes);
  return made;
}

/**
 * @param {import("./canvas.js").View} view @param {CanvasRenderingContext2D} context
 * @param {import("./palette.js").Palette} colors @param {Box} box @param {Axes} axes
 */
function paintAxes(view, context, colors, box, { x, y, xName, yName, grid = false }) {
  const { text } = view;
  context.font = view.font();
  context.fillStyle = colors.css.ink2;
  context.strokeStyle = colors.css.line;
  context.lineWidth = 1;
  const across = ticks(x[0], x[1], Math.max(2, Math.min(8, Math.floor(box.width / (text * 5)))));
  const up = ticks(y[0], y[1], Math.max(2, Math.min(8, Math.floor(box.height / (text * 3.4)))));
  const named = xName ? context.measureText(xName).width * 1.08 + text * 0.6 : 0;
  const until = box.x + box.width + text * 1.4 - named;
  context.beginPath();
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const value of across.values) {
    const place = Math.round(box.x + ((value - x[0]) / (x[1] - x[0])) * box.width) + 0.5;
    context.moveTo(place, grid ? box.y : box.y + box.height);
    context.lineTo(place, box.y + box.height + 4);
    const label = tick(value, across.step);
    if (place + context.measureText(label).width / 2 < until || !xName) context.fillText(label, place, box.y + box.height + 6);
  }
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const value of up.values) {
    const place = Math.round(box.y + box.height - ((value - y[0]) / (y[1] - y[0])) * box.height) + 0.5;
    context.moveTo(box.x - 4, place);
    context.lineTo(grid ? box.x + box.width : box.x, place);
    context.fillText(tick(value, up.step), box.x - 7, place);
  }
  context.stroke();
  // Names stand at the ends of their axes, where they cost no line of their own.
  context.fillStyle = colors.css.ink;
  context.font = view.font(text, "600");
  if (xName) {
    context.textAlign = "right";
    context.textBaseline = "top";
    context.fillText(xName, box.x + box.width + text * 1.4, box.y + box.height + 6);
  }
  if (yName) {
    context.textAlign = "left";
    context.textBaseline = "alphabetic";
    context.fillText(yName, Math.max(0, Math.min(box.x - text * 0.6, box.x + 4)), box.y - text * 0.45);
  }
}
