/** A picture over depth: layers along, a logarithmic scale up, one line a measure, told apart by dash and mark as well. */
import { onTheme, palette } from "../../kit/canvas.js";
import { laneCss, laneStyle } from "../../kit/lanes.js";
import { drawMarks } from "../../kit/marks.js";
import { number, power } from "../../kit/format.js";
import { styles } from "../../kit/style.js";
import { element } from "../../kit/text.js";

styles(`
.depth-legend { display: flex; flex-wrap: wrap; gap: 0.1rem 0.9rem; }
.depth-key { width: 34px; height: 14px; }
`);

/** @typedef {{name: string, values: number[], lane: number, faint?: boolean}} DepthLine one number a layer; what is no number leaves a gap */

/** What is smaller or larger lies on the edge: a float32 holds little beyond. */
export const EDGE = 1e15;

/** Powers of ten that hold all these numbers, at least `least` of them. @param {Iterable<number>} values @param {number} [least] @returns {[number, number]} */
export function decadesOf(values, least = 4) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!(value > 0) || !Number.isFinite(value)) continue;
    const at = Math.log10(Math.max(1 / EDGE, Math.min(EDGE, value)));
    low = Math.min(low, at);
    high = Math.max(high, at);
  }
  if (low > high) [low, high] = [-least / 2, least / 2];
  [low, high] = [Math.floor(low - 0.05), Math.ceil(high + 0.05)];
  while (high - low < least) { if (high < least / 2) high += 1; else low -= 1; }
  return [low, high];
}

/** A range that grows at once and shrinks only when more than half of it is empty: a moving profile is seen to move. @param {[number, number] | null} now @param {[number, number]} wanted @returns {[number, number]} */
export function steady(now, wanted) {
  if (!now) return wanted;
  const next = /** @type {[number, number]} */ ([Math.min(now[0], wanted[0]), Math.max(now[1], wanted[1])]);
  return next[1] - next[0] > 2 * (wanted[1] - wanted[0]) + 2 ? wanted : next;
}

/** The box of a picture over depth. @param {import("../../kit/canvas.js").View} view */
export function depthBox({ width, height, text }) {
  return { x: text * 3.4, y: text * 2, width: Math.max(1, width - text * 4.6), height: Math.max(1, height - text * 4.9) };
}

/** Where a layer stands. @param {{x: number, width: number}} box @param {number} layers @param {number} index */
export const across = (box, layers, index) => box.x + ((index + 0.5) / layers) * box.width;

/** Which layer a place belongs to, or null. @param {{x: number, y: number, width: number, height: number}} box @param {number} layers @param {number} x @param {number} y */
export function layerAt(box, layers, x, y) {
  if (x < box.x || x > box.x + box.width || y < box.y - 4 || y > box.y + box.height + 8) return null;
  return Math.max(0, Math.min(layers - 1, Math.floor(((x - box.x) / box.width) * layers)));
}

/**
 * @param {import("../../kit/canvas.js").View} view
 * @param {{layers: number, range: [number, number], lines: DepthLine[], yName: string, guide?: string, dots?: number[][], marked?: number | null}} picture
 *   guide: what is written at 1; dots: many small numbers a layer
 */
export function drawDepth(view, { layers, range: [low, high], lines, yName, guide, dots, marked }) {
  const colors = palette();
  const { context: c, text } = view;
  const box = depthBox(view);
  const up = (/** @type {number} */ value) => {
    const exponent = Math.log10(Math.max(10 ** low, Math.min(10 ** high, value)));
    return box.y + box.height * (1 - (exponent - low) / (high - low));
  };
  c.font = view.font();
  c.lineWidth = 1;
  c.strokeStyle = colors.css.line;
  c.fillStyle = colors.css.ink2;
  c.textAlign = "right";
  c.textBaseline = "middle";
  const stride = Math.max(1, Math.ceil((high - low) / Math.max(2, Math.floor(box.height / (text * 2)))));
  c.beginPath();
  for (let exponent = Math.ceil(low / stride) * stride; exponent <= high; exponent += stride) {
    const y = Math.round(up(10 ** exponent)) + 0.5;
    c.moveTo(box.x - 4, y);
    c.lineTo(box.x + box.width, y);
    c.fillText(exponent === 0 ? "1" : power(exponent), box.x - 7, y);
  }
  c.stroke();
  c.textAlign = "center";
  c.textBaseline = "top";
  const every = Math.max(1, Math.ceil((layers * text * 2.1) / box.width));
  for (let index = 0; index < layers; index += 1) {
    if (index % every && index !== layers - 1) continue;
    if (index !== layers - 1 && layers - 1 - index < every && every > 1) continue;
    c.fillText(String(index + 1), across(box, layers, index), box.y + box.height + 6);
  }
  c.fillStyle = colors.css.ink;
  c.font = view.font(text, "600");
  c.textAlign = "left";
  c.textBaseline = "alphabetic";
  c.fillText(yName, Math.max(0, box.x - text * 2.6), box.y - text * 0.85);
  c.textAlign = "right";
  c.textBaseline = "top";
  c.fillText("layer →", box.x + box.width, box.y + box.height + text * 1.25 + 6);
  if (guide && low <= 0 && high >= 0) {
    c.strokeStyle = colors.css.ink2;
    c.setLineDash([4, 4]);
    c.beginPath();
    c.moveTo(box.x, Math.round(up(1)) + 0.5);
    c.lineTo(box.x + box.width, Math.round(up(1)) + 0.5);
    c.stroke();
    c.setLineDash([]);
    c.font = view.font();
    c.fillStyle = colors.css.ink2;
    c.textBaseline = "bottom";
    c.fillText(guide, box.x + box.width, up(1) - 2);
  }
  if (marked !== null && marked !== undefined) {
    c.fillStyle = colors.css.line;
    c.fillRect(across(box, layers, marked) - box.width / layers / 2, box.y, box.width / layers, box.height);
  }
  if (dots) {
    c.fillStyle = colors.css.ink2;
    c.globalAlpha = 0.45;
    dots.forEach((values, index) => {
      for (const value of values) if (value > 0 && Number.isFinite(value)) c.fillRect(across(box, layers, index) - 2, up(value) - 1, 4, 2);
    });
    c.globalAlpha = 1;
  }
  for (const { values, lane, faint } of lines) {
    const style = laneStyle(lane);
    c.strokeStyle = c.fillStyle = laneCss(lane, colors);
    c.globalAlpha = faint ? 0.35 : 1;
    c.lineWidth = faint ? 1.2 : 2;
    c.setLineDash(style.dash);
    c.beginPath();
    let pen = false;
    /** @type {number[]} */
    const places = [];
    values.forEach((value, index) => {
      if (!Number.isFinite(value) || value < 0) { pen = false; return; }
      const [x, y] = [across(box, layers, index), up(value)];
      if (pen) c.lineTo(x, y); else c.moveTo(x, y);
      pen = true;
      places.push(x, y);
    });
    c.stroke();
    c.setLineDash([]);
    if (!faint && box.width / layers > 7) drawMarks(c, /** @type {any} */ (style.mark), places, places.length / 2, Math.min(4.2, box.width / layers / 3), laneCss(lane, colors), colors.css.panel);
    c.globalAlpha = 1;
  }
  return box;
}

/** Lines with their names, told apart as in the picture. @param {HTMLElement} parent @param {{name: string, lane: number}[]} entries */
export function depthLegend(parent, entries) {
  const node = element("div", { class: "legend depth-legend" });
  const redraws = entries.map(({ name, lane }) => {
    const canvas = element("canvas", { width: 68, height: 28, class: "depth-key", "aria-hidden": "true" });
    node.append(element("span", { class: "legend-entry" }, canvas, name));
    return () => {
      const colors = palette();
      const c = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
      const style = laneStyle(lane);
      c.clearRect(0, 0, 68, 28);
      c.strokeStyle = laneCss(lane, colors);
      c.lineWidth = 4;
      c.setLineDash(style.dash.map((part) => part * 2));
      c.beginPath();
      c.moveTo(2, 14);
      c.lineTo(66, 14);
      c.stroke();
      c.setLineDash([]);
      drawMarks(c, /** @type {any} */ (style.mark), [34, 14], 1, 8, laneCss(lane, colors), colors.css.panel);
    };
  });
  const draw = () => redraws.forEach((redraw) => redraw());
  draw();
  parent.append(node);
  const stop = onTheme(draw);
  return { node, unmount() { stop(); node.remove(); } };
}

/** A number of the picture, in few figures. @param {number} value */
export const short = (value) => (Number.isFinite(value) ? number(value, 2) : "not a number");
