/** A logarithmic axis of learning rates with numbers under it, for curves over rates. */
import { ticks } from "../../kit/scale.js";
import { number, power, tick } from "../../kit/format.js";

/** @param {[number, number]} domain @param {[number, number]} range */
export function logScale([low, high], [from, to]) {
  const slope = (to - from) / Math.log(high / low);
  const scale = (/** @type {number} */ value) => from + Math.log(value / low) * slope;
  scale.invert = (/** @type {number} */ place) => low * Math.exp((place - from) / slope);
  return scale;
}

/** Powers of ten in a range, and 2 and 5 times them where few are in sight. @param {number} low @param {number} high */
export function logMarks(low, high) {
  const few = Math.log10(high / low) < 2.2;
  const found = [];
  for (let tens = Math.floor(Math.log10(low)); tens <= Math.ceil(Math.log10(high)); tens += 1) {
    for (const digit of few ? [1, 2, 5] : [1]) {
      const value = Number((digit * 10 ** tens).toPrecision(6));
      if (value >= low * 0.999 && value <= high * 1.001) found.push(value);
    }
  }
  return found;
}

/**
 * Axes around a box: rates along, and up either plain numbers or powers of ten.
 * @param {import("../../kit/canvas.js").View} view @param {any} colors @param {{x: number, y: number, width: number, height: number}} box
 * @param {{x: [number, number], y: [number, number], logY: boolean, xName: string, yName: string}} axes
 */
export function rateAxes(view, colors, box, { x, y, logY, xName, yName }) {
  const { context, text } = view;
  const across = logScale(x, [box.x, box.x + box.width]);
  const up = logY ? logScale(y, [box.y + box.height, box.y]) : (/** @type {number} */ value) => box.y + box.height - ((value - y[0]) / (y[1] - y[0])) * box.height;
  context.font = view.font();
  context.lineWidth = 1;
  context.strokeStyle = colors.css.line;
  context.fillStyle = colors.css.ink2;
  context.textBaseline = "top";
  context.textAlign = "center";
  context.beginPath();
  const named = context.measureText(xName).width * 1.08 + text;
  let last = -Infinity;
  for (const value of logMarks(...x)) {
    const place = Math.round(across(value)) + 0.5;
    context.moveTo(place, box.y);
    context.lineTo(place, box.y + box.height + 4);
    const label = value < 1e-3 || value >= 1e4 ? number(value, 1) : String(value);
    const half = context.measureText(label).width / 2;
    if (place - half > last + 4 && place + half < box.x + box.width + text - named) { context.fillText(label, place, box.y + box.height + 6); last = place + half; }
  }
  context.textAlign = "right";
  context.textBaseline = "middle";
  const marks = logY ? decades(...y, Math.max(2, Math.floor(box.height / (text * 2.6)))) : ticks(y[0], y[1], Math.max(2, Math.floor(box.height / (text * 3.2)))).values;
  const step = logY ? 1 : (marks[1] ?? 1) - (marks[0] ?? 0);
  for (const value of marks) {
    const place = Math.round(up(value)) + 0.5;
    context.moveTo(box.x - 4, place);
    context.lineTo(box.x + box.width, place);
    context.fillText(logY ? (value < 1e-3 || value >= 1e4 ? power(Math.round(Math.log10(value))) : String(value)) : tick(value, step), box.x - 7, place);
  }
  context.stroke();
  context.fillStyle = colors.css.ink;
  context.font = view.font(text, "600");
  context.textAlign = "right";
  context.textBaseline = "top";
  context.fillText(xName, box.x + box.width + text, box.y + box.height + 6);
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  context.fillText(yName, Math.max(0, box.x - text * 2.2), box.y - text * 0.55);
  return { x: across, y: up };
}

/** Powers of ten between two numbers, at most so many. @param {number} low @param {number} high @param {number} most */
function decades(low, high, most) {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const stride = Math.max(1, Math.ceil((last - first + 1) / most));
  return Array.from({ length: Math.floor((last - first) / stride) + 1 }, (_, at) => Number((10 ** (first + at * stride)).toPrecision(6)));
}
