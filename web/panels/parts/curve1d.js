/** One input column: the learnt function as a line, with the data around it. */
import { drawAxes } from "../../kit/axes.js";
import { linear } from "../../kit/scale.js";
import { drawMarks } from "../../kit/marks.js";
import { number, pretty } from "../../kit/format.js";

/**
 * @param {import("../../kit/canvas.js").View} view @param {import("../../kit/palette.js").Palette} colors
 * @param {{x: number, y: number, width: number, height: number}} box
 * @param {{points: any, surface: any, column: string, target: string, showTest: boolean, pending: number[][], cursor: number[] | null}} plot
 */
export function drawCurve(view, colors, box, { points, surface, column, target, showTest, pending, cursor }) {
  const line = curve(points, surface);
  if (!line) return null;
  const { context } = view;
  const labels = points?.arrays.train_y ?? new Float32Array(0);
  let [low, high] = [Infinity, -Infinity];
  for (const value of labels) { low = Math.min(low, value); high = Math.max(high, value); }
  // A neuron's own curve has its own height; the function's wild ends outside the data have none.
  if (surface?.meta.tensor) for (const value of line.y) if (Number.isFinite(value)) { low = Math.min(low, value); high = Math.max(high, value); }
  const room = (high - low || 2) * 0.15;
  const yRange = /** @type {[number, number]} */ (Number.isFinite(low) ? [low - room, high + room] : [-1, 1]);
  const xRange = /** @type {[number, number]} */ ([line.x[0], line.x[line.x.length - 1]]);
  const x = linear(xRange, [box.x, box.x + box.width]);
  const y = linear(yRange, [box.y + box.height, box.y]);
  drawAxes(view, colors, box, { x: xRange, y: yRange, xName: pretty(column), yName: pretty(target), grid: true });
  context.save();
  context.beginPath();
  context.rect(box.x, box.y, box.width, box.height);
  context.clip();
  const r = Math.max(2.6, Math.min(6, box.width / 130));
  const stride = points ? points.arrays.train.length / Math.max(1, labels.length) : 1;
  const places = (/** @type {Float32Array} */ xs, /** @type {Float32Array} */ ys) => {
    const at = new Float32Array(ys.length * 2);
    for (let row = 0; row < ys.length; row += 1) { at[row * 2] = x(xs[row * stride]); at[row * 2 + 1] = y(ys[row]); }
    return at;
  };
  context.beginPath();
  for (let at = 0; at < line.x.length; at += 1) context.lineTo(x(line.x[at]), y(line.y[at]));
  context.lineJoin = "round";
  context.lineWidth = 2.4;
  context.strokeStyle = colors.css.ink;
  context.stroke();
  if (points) {
    drawMarks(context, "circle", places(points.arrays.train, labels), labels.length, r, colors.css.positive, colors.css.panel);
    if (showTest && points.arrays.test) drawMarks(context, "circle", places(points.arrays.test, points.arrays.test_y), points.arrays.test_y.length, r, colors.css.test, colors.css.panel, true);
  }
  for (const [px, py] of pending) drawMarks(context, "circle", [x(px), y(py)], 1, r, colors.css.positive, colors.css.panel);
  if (cursor) {
    context.globalAlpha = 0.5;
    context.strokeStyle = colors.css.ink;
    context.lineWidth = 1;
    context.strokeRect(Math.round(cursor[0]) + 0.5, box.y, 0, box.height);
  }
  context.restore();
  return {
    x, y,
    /** What the function says above a place. @param {number} px */
    reading(px) {
      const at = x.invert(px);
      let best = 0;
      for (let index = 1; index < line.x.length; index += 1) if (Math.abs(line.x[index] - at) < Math.abs(line.x[best] - at)) best = index;
      return [`${pretty(target)} = ${number(line.y[best])}`, `${pretty(column)} = ${number(line.x[best])}`];
    },
  };
}

/**
 * The function's values along the axis; before they come, the answers at the points themselves.
 * @param {any} points @param {any} surface
 */
function curve(points, surface) {
  const measured = surface?.arrays.curve;
  if (measured) {
    const { low: [low], high: [high] } = surface.meta;
    const [count, outputs] = measured.shape;
    return { x: Float32Array.from({ length: count }, (_, at) => low + ((high - low) * at) / (count - 1)), y: Float32Array.from({ length: count }, (_, at) => measured[at * outputs]) };
  }
  if (!points?.arrays.train_predicted) return null;
  const { train, train_predicted: predicted, train_y: labels } = points.arrays;
  const stride = train.length / labels.length;
  const order = Array.from(labels, (_, row) => row).sort((a, b) => train[a * stride] - train[b * stride]);
  return { x: Float32Array.from(order, (row) => train[row * stride]), y: Float32Array.from(order, (row) => predicted[row]) };
}
