/** A square of predictions against what they should be, or against another's: axes alike, and the diagonal where both agree. */
import { drawAxes, gutter } from "../../kit/axes.js";
import { whole } from "../../kit/format.js";

/**
 * Draws axes and diagonal, lets `marks` draw inside, cut off at the edge; gives the square and where a value lies in it.
 * @param {import("../../kit/canvas.js").View} view @param {any} colors
 * @param {any} truth what was to be said, (rows, outputs): the axes follow its first column alone, so that wild answers leave the picture instead of shrinking it
 * @param {{xName: string, yName: string}} names
 * @param {(x: (value: number) => number, y: (value: number) => number, size: number) => void} marks
 */
export function drawAgainst(view, colors, truth, names, marks) {
  const { context, text } = view, room = gutter(text, true), outputs = truth.shape[1] ?? 1;
  let [low, high] = [Infinity, -Infinity];
  for (let at = 0; at < truth.length; at += outputs) { low = Math.min(low, truth[at]); high = Math.max(high, truth[at]); }
  const space = (high - low || 1) * 0.12;
  [low, high] = Number.isFinite(low) ? [low - space, high + space] : [0, 1];
  context.font = view.font();
  const left = Math.max(room.left + text, 10 + context.measureText(whole(Math.max(Math.abs(low), Math.abs(high)))).width);     // prices are long
  const box = { x: left, y: room.top, width: view.width - left - room.right, height: view.height - room.top - room.bottom };
  const share = (/** @type {number} */ value) => (value - low) / (high - low);
  drawAxes(view, colors, box, { x: [low, high], y: [low, high], ...names, grid: true });
  context.save();
  context.beginPath();
  context.rect(box.x, box.y, box.width, box.height);
  context.clip();
  context.beginPath();
  context.moveTo(box.x, box.y + box.height);
  context.lineTo(box.x + box.width, box.y);
  context.lineWidth = 1.5;
  context.strokeStyle = colors.css.ink;
  context.stroke();
  marks((value) => box.x + share(value) * box.width, (value) => box.y + box.height - share(value) * box.height, Math.max(2.4, Math.min(5, box.width / 120)));
  context.restore();
}
