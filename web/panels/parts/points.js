/** The data's marks over the plane: laid out once for a size and a version of the data, drawn as one picture after that. */
import { Layer } from "../../kit/layer.js";
import { drawMarks } from "../../kit/marks.js";
import { classShape } from "../../kit/palette.js";
import { cssColor, mix } from "../../kit/color.js";

/** @typedef {{x: number, y: number, width: number, height: number}} Box */

const STEPS = 24;

export class PointsLayer {
  constructor() {
    this.picture = new Layer();
  }

  /**
   * @param {import("../../kit/canvas.js").View} view @param {import("../../kit/palette.js").Palette} colors @param {Box} box
   * @param {{part: any, x: [number, number], y: [number, number], classes: number, range: [number, number], showTest: boolean}} plot
   */
  draw(view, colors, box, { part, x, y, classes, range, showTest }) {
    if (!part) return;
    const key = [part.meta.version, part.meta.axes, part.arrays.train.length, part.arrays.test?.length, box.x, box.y, box.width, box.height, x, y, classes, range,
      showTest].join();
    // Marks reach over the edge of the plane: the whole view is kept.
    this.picture.draw(view.context, { x: 0, y: 0, width: view.width, height: view.height }, [colors, key], (context) => {
      const r = Math.max(2.6, Math.min(9, Math.min(box.width, box.height) / 105));
      const onto = { box, x, y };
      if (showTest && part.arrays.test) marks(context, part.arrays.test, part.arrays.test_y, r * 0.9, classes, range, colors, onto, true);
      marks(context, part.arrays.train, part.arrays.train_y, r, classes, range, colors, onto, false);
    });
  }
}

/**
 * @param {CanvasRenderingContext2D} context @param {Float32Array} places @param {Float32Array} labels @param {number} r @param {number} classes @param {[number, number]} range
 * @param {import("../../kit/palette.js").Palette} colors @param {{box: Box, x: [number, number], y: [number, number]}} onto @param {boolean} hollow
 */
function marks(context, places, labels, r, classes, range, colors, { box, x, y }, hollow) {
  const kinds = classes || STEPS;
  /** @type {number[][]} */
  const groups = Array.from({ length: kinds }, () => []);
  for (let row = 0; row < labels.length; row += 1) {
    const px = box.x + ((places[row * 2] - x[0]) / (x[1] - x[0])) * box.width;
    const py = box.y + box.height - ((places[row * 2 + 1] - y[0]) / (y[1] - y[0])) * box.height;
    if (px < box.x - r || px > box.x + box.width + r || py < box.y - r || py > box.y + box.height + r) continue;
    const kind = classes ? Math.round(labels[row]) : valueStep(labels[row], range);
    groups[Math.min(kinds - 1, Math.max(0, kind))].push(px, py);
  }
  groups.forEach((group, kind) => {
    const color = classes ? colors.classCss(kind, classes) : valueColor((kind + 0.5) / STEPS, range, colors);
    drawMarks(context, classes ? classShape(kind, classes) : "circle", group, group.length / 2, r, color, classes || hollow ? colors.css.panel : colors.css.ink2, hollow, classes ? undefined : 1.6);
  });
}

/** @param {number} value @param {[number, number]} range */
const valueStep = (value, [low, high]) => Math.floor(((value - low) / (high - low || 1)) * STEPS);

/**
 * The colour of a learnt value: the signed scale, symmetrical about zero, as the surface under it.
 * @param {number} share of the range @param {[number, number]} range @param {import("../../kit/palette.js").Palette} colors
 */
export function valueColor(share, [low, high], colors) {
  const { theme } = colors;
  const value = low + share * (high - low);
  const end = Math.max(Math.abs(low), Math.abs(high)) || 1;
  return cssColor(mix(theme.panel, value < 0 ? theme.negative : theme.positive, Math.min(1, 0.12 + Math.abs(value) / end)));
}

/**
 * The mark nearest to a place, in CSS pixels; null when none is near.
 * @param {any} part @param {number} px @param {number} py @param {Box} box @param {[number, number]} x @param {[number, number]} y @param {boolean} showTest @param {number} [within]
 */
export function nearest(part, px, py, box, x, y, showTest, within = 14) {
  if (!part) return null;
  let best = within * within;
  /** @type {{test: boolean, row: number} | null} */
  let found = null;
  for (const test of showTest ? [false, true] : [false]) {
    const places = test ? part.arrays.test : part.arrays.train;
    if (!places) continue;
    for (let row = 0; row * 2 < places.length; row += 1) {
      const dx = box.x + ((places[row * 2] - x[0]) / (x[1] - x[0])) * box.width - px;
      const dy = box.y + box.height - ((places[row * 2 + 1] - y[0]) / (y[1] - y[0])) * box.height - py;
      const distance = dx * dx + dy * dy;
      if (distance < best) { best = distance; found = { test, row }; }
    }
  }
  if (!found) return null;
  const { test, row } = found;
  const of = test ? "test" : "train";
  const predicted = part.arrays[`${of}_predicted`];
  return { test, row, x: part.arrays[of][row * 2], y: part.arrays[of][row * 2 + 1], label: part.arrays[`${of}_y`][row],
    predicted: predicted ? predicted[row] : null };
}
