/** Lines over a plane: where a map crosses zero, and the cross under the pointer. */
import { zeroLine } from "./contour.js";

/** @typedef {{x: number, y: number, width: number, height: number}} Box */

/** The line where the values change their sign, as the context's path; `values` is (rows, columns), drawn over the box. @param {CanvasRenderingContext2D} context @param {Box} box @param {any} values */
export function zeroPath(context, box, values) {
  const [rows, columns] = values.shape, lines = zeroLine(values, rows, columns);
  const [dx, dy] = [box.width / columns, box.height / rows];
  context.beginPath();
  for (let at = 0; at < lines.length; at += 4) {
    context.moveTo(box.x + (lines[at] + 0.5) * dx, box.y + (lines[at + 1] + 0.5) * dy);
    context.lineTo(box.x + (lines[at + 2] + 0.5) * dx, box.y + (lines[at + 3] + 0.5) * dy);
  }
}

/** A thin cross through a place, from edge to edge. @param {CanvasRenderingContext2D} context @param {Box} box @param {any} colors @param {number} x @param {number} y */
export function crosshair(context, box, colors, x, y) {
  context.save();
  context.strokeStyle = colors.css.ink;
  context.globalAlpha = 0.55;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(Math.round(x) + 0.5, box.y);
  context.lineTo(Math.round(x) + 0.5, box.y + box.height);
  context.moveTo(box.x, Math.round(y) + 0.5);
  context.lineTo(box.x + box.width, Math.round(y) + 0.5);
  context.stroke();
  context.restore();
}
