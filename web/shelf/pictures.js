/** How the parts of a miniature are drawn: the plane with the loss beside it, the curves of all lanes, the gradients by layer. */
import { palette } from "../kit/canvas.js";
import { Heatmap } from "../kit/heatmap.js";
import { laneCss, laneStyle } from "../kit/lanes.js";
import { whole } from "../kit/format.js";
import { drawMarks } from "../kit/marks.js";
import { classShape } from "../kit/palette.js";
import { range } from "../kit/parts.js";
import { ends, path } from "./curve-path.js";

/** @typedef {{x: number, y: number, width: number, height: number}} Box */
/** @typedef {import("../kit/canvas.js").View} View */

/** @param {View} view @param {import("../frames.js").Frame} frame */
export function pictures(view, frame) {
  const part = (/** @type {string} */ key) => frame.parts.find((one) => one.key === key);
  const lanes = frame.parts.filter((one) => one.probe === "curves");
  const room = { x: 0, y: 0, width: view.width, height: view.height };
  const surface = part("surface"), gradients = part("gradients");
  if (surface) {
    const side = room.height;
    plane(view, surface, part("points"), { ...room, width: side });
    curves(view, lanes, { x: side + 14, y: 12, width: room.width - side - 28, height: room.height - 42 });
  } else if (gradients) {
    heat(view, gradients, room);
  } else {
    curves(view, lanes, { x: 14, y: 12, width: room.width - 28, height: room.height - 42 });
  }
}

/** What is to be seen, in a few words. @param {import("../frames.js").Frame} frame */
export function words(frame) {
  const has = (/** @type {string} */ key) => frame.parts.some((one) => one.key === key);
  const what = has("surface") ? "output and loss" : has("gradients") ? "gradient by layer" : "loss";
  return `${what}, ${whole(frame.step)} steps`;
}

/** @param {View} view @param {any} surface @param {any} points @param {Box} box */
function plane(view, surface, points, box) {
  const colors = palette(), { context } = view, map = new Heatmap();
  if (surface.meta.kind === "classes") {
    const { winner, probability } = surface.arrays;
    const count = Math.max(...winner, ...(points?.arrays.train_y ?? [])) + 1;
    map.classes(winner, probability, winner.shape[0], winner.shape[1], colors.regions(count), colors.hatch);
  } else {
    const { values } = surface.arrays;
    map.signed(values, values.shape[0], values.shape[1], colors.soft, colors.hatch);
  }
  map.draw(context, box.x, box.y, box.width, box.height);
  if (!points) return;
  const x = range(points.meta.low, points.meta.high, 0), y = range(points.meta.low, points.meta.high, 1);
  const { train, train_y: labels } = points.arrays;
  const classes = surface.meta.kind === "classes" ? Math.max(...labels) + 1 : [...labels].every((label) => label === 0 || label === 1) ? 2 : 0;
  const size = Math.max(1.6, box.width / 66);
  for (let kind = 0; kind < Math.max(1, classes); kind += 1) {
    const at = [];
    for (let row = 0; row < labels.length; row += 1) {
      if (classes && labels[row] !== kind) continue;
      at.push(box.x + ((train[row * 2] - x[0]) / (x[1] - x[0])) * box.width, box.y + box.height - ((train[row * 2 + 1] - y[0]) / (y[1] - y[0])) * box.height);
    }
    drawMarks(context, classes ? classShape(kind, classes) : "circle", at, at.length / 2, size, classes ? colors.classCss(kind, classes) : colors.css.ink2, colors.css.panel);
  }
}

/** The training loss of every lane on one logarithmic scale. @param {View} view @param {any[]} lanes @param {Box} box */
function curves(view, lanes, box) {
  if (box.width < 12) return;
  const colors = palette(), { context } = view;
  const low = ends(lanes.map(({ arrays }) => arrays.loss)), most = Math.max(...lanes.map(({ arrays }) => arrays.step.at(-1) ?? 0), 1);
  context.strokeStyle = colors.css.line;
  context.lineWidth = 1;
  context.beginPath();
  for (const share of [0, 0.5, 1]) { context.moveTo(box.x, Math.round(box.y + share * box.height) + 0.5); context.lineTo(box.x + box.width, Math.round(box.y + share * box.height) + 0.5); }
  context.stroke();
  context.lineJoin = context.lineCap = "round";
  // The first lane is what the others are compared with: it is drawn last, over them.
  lanes.map((lane, index) => ({ lane, index })).reverse().forEach(({ lane, index }) => {
    const points = path(lane.arrays.step, lane.arrays.loss, low, most);
    if (!points.length) return;
    context.strokeStyle = context.fillStyle = laneCss(index, colors);
    context.lineWidth = 2;
    context.setLineDash(laneStyle(index).dash);
    context.beginPath();
    points.forEach(([x, y], at) => context[at ? "lineTo" : "moveTo"](box.x + x * box.width, box.y + y * box.height));
    context.stroke();
    context.setLineDash([]);
    if (lane.meta.diverged) cross(context, box, points[points.length - 1]);
  });
}

/** Where a lane broke. @param {CanvasRenderingContext2D} context @param {Box} box @param {number[]} at */
function cross(context, box, [x, y]) {
  const [cx, cy] = [box.x + x * box.width, box.y + y * box.height];
  context.beginPath();
  context.moveTo(cx - 4, cy - 4);
  context.lineTo(cx + 4, cy + 4);
  context.moveTo(cx + 4, cy - 4);
  context.lineTo(cx - 4, cy + 4);
  context.stroke();
}

/** Layers downwards, steps to the right; equal steps of colour are equal ratios. @param {View} view @param {any} part @param {Box} box */
function heat(view, part, box) {
  const colors = palette(), { norms } = part.arrays, [rows, columns] = norms.shape;
  const logs = Float32Array.from(norms, (value) => value > 0 ? Math.log10(value) : NaN);
  const finite = logs.filter(Number.isFinite);
  const map = new Heatmap();
  map.floats(logs, rows, columns, colors.viridis, Math.min(...finite), Math.max(...finite), colors.hatch);
  map.draw(view.context, box.x, box.y, box.width, box.height, false);
}
