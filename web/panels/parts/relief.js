/** Heights as a picture: a soft viridis relief with contour lines, on a logarithmic scale of the height above the lowest. */
import { Heatmap } from "../../kit/heatmap.js";
import { Layer } from "../../kit/layer.js";
import { zeroLine } from "./contour.js";
import { heightScale, levels } from "./heights.js";

export class Relief {
  constructor() {
    this.map = new Heatmap();
    this.layer = new Layer();
    /** @type {ArrayLike<number>} */
    this.values = [];
    /** @type {Float32Array} */
    this.logs = new Float32Array(0);
    this.size = 0;
    this.lowest = 0;
    this.scale = heightScale([0, 1], 0);
    /** @type {any} */
    this.colors = null;
  }

  /** @param {ArrayLike<number>} values row 0 the top @param {number} size cells each way @param {number} lowest the height that counts as zero */
  set(values, size, lowest) {
    this.values = values;
    this.size = size;
    this.lowest = lowest;
    this.scale = heightScale(values, lowest);
    this.logs = Float32Array.from(values, (value) => this.scale.share(value));
    this.colors = null;
  }

  /** @param {any} colors */
  fill(colors) {
    if (this.colors === colors || !this.size) return;
    this.colors = colors;
    this.map.floats(this.logs, this.size, this.size, colors.relief, 0, 1, colors.hatch);
  }

  /** The height at a place, of the nearest cell. @param {number} x @param {number} y @param {{low: number[], high: number[]}} domain */
  at(x, y, { low, high }) {
    const column = Math.round(((x - low[0]) / (high[0] - low[0])) * (this.size - 1));
    const row = Math.round(((high[1] - y) / (high[1] - low[1])) * (this.size - 1));
    return this.values[Math.max(0, Math.min(this.size - 1, row)) * this.size + Math.max(0, Math.min(this.size - 1, column))];
  }

  /**
   * Runs and balls move over it in every frame, so it is painted once and then only shown.
   * @param {CanvasRenderingContext2D} context @param {any} colors @param {{x: number, y: number, width: number, height: number}} box
   */
  draw(context, colors, box) {
    if (this.size) this.layer.draw(context, box, [this.logs, colors], (into) => this.paint(into, colors, box));
  }

  /** @param {CanvasRenderingContext2D} context @param {any} colors @param {{x: number, y: number, width: number, height: number}} box */
  paint(context, colors, box) {
    this.fill(colors);
    const cell = [box.width / (this.size - 1), box.height / (this.size - 1)];
    context.beginPath();
    context.rect(box.x, box.y, box.width, box.height);
    context.clip();
    // A cell's value is that of its middle: the outer ones reach half beyond the box.
    this.map.draw(context, box.x - cell[0] / 2, box.y - cell[1] / 2, box.width + cell[0], box.height + cell[1], true);
    context.beginPath();
    for (const level of levels(this.scale)) {
      const field = Float32Array.from(this.logs, (share) => share - level);
      const lines = zeroLine(field, this.size, this.size);
      for (let at = 0; at < lines.length; at += 4) {
        context.moveTo(box.x + lines[at] * cell[0], box.y + lines[at + 1] * cell[1]);
        context.lineTo(box.x + lines[at + 2] * cell[0], box.y + lines[at + 3] * cell[1]);
      }
    }
    context.globalAlpha = 0.28;
    context.lineWidth = 1;
    context.strokeStyle = colors.css.ink;
    context.stroke();
  }
}
