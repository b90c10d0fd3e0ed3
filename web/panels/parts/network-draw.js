/** The network on its canvas: lines, tiles with their maps, bias marks. */
import { View } from "../../kit/canvas.js";
import { Heatmap } from "../../kit/heatmap.js";
import { NOT_A_NUMBER } from "../../kit/palette.js";
import { cssColor, mix } from "../../kit/color.js";

/**
 * @typedef {import("./network-layout.js").Place} Place
 * @typedef {import("../../kit/palette.js").Palette} Palette
 */

/** Widths and colours a line can have: what would differ by less than an eighth of a pixel is drawn alike. */
const LEVELS = 63;
const LOST = 127;

/** From so many lines on they are painted at most so often (ms): a thousand curves take 15 ms where there is no graphics card. */
const MANY = 300;
const REST = 200;

/** All lines, one stroke each, weak before strong, on a canvas of their own: it is painted only when one of them would look different. */
export class Lines {
  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.view = new View(parent, { className: "network-lines", draw: () => this.paint() });
    /** How each line looks: its level, with the sign of its weight. */
    this.looks = new Int8Array(0);
    /** What is shown: the palette, the columns, the lines, the thickest, and the neuron whose lines stand out. @type {any[]} */
    this.shown = [];
    /** Whether the picture is behind; when it was painted; the moment that is set for the next. */
    this.behind = false;
    this.painted = 0;
    this.next = 0;
  }

  /**
   * @param {Palette} colors @param {Place[]} columns @param {import("./network-layout.js").Edges} edges
   * @param {{end: number, thick: number, focus: {column: number, unit: number} | null}} how
   */
  show(colors, columns, edges, { end, thick, focus }) {
    const now = [colors, columns, edges, thick, focus?.column, focus?.unit, edges.count];
    const other = now.some((value, at) => value !== this.shown[at]);
    this.shown = now;
    this.behind = this.look(edges, end) || this.behind;
    const wait = edges.count < MANY ? 0 : this.painted + REST - performance.now();
    if (other || (this.behind && wait <= 0)) this.view.paint();
    else if (this.behind) this.next ||= setTimeout(() => this.view.paint(), wait);
  }

  /** Whether any line looks different now. @param {import("./network-layout.js").Edges} edges @param {number} end */
  look(edges, end) {
    let changed = false;
    if (this.looks.length < edges.weight.length) this.looks = new Int8Array(edges.weight.length);
    for (let index = 0; index < edges.count; index += 1) {
      const edge = edges.order[index];
      const weight = edges.weight[edge];
      const level = 1 + Math.round(Math.min(1, Math.abs(weight) / end) * LEVELS);
      const look = weight !== weight ? LOST : weight < 0 ? -level : level;
      if (look !== this.looks[edge]) {
        this.looks[edge] = look;
        changed = true;
      }
    }
    return changed;
  }

  paint() {
    clearTimeout(this.next);
    this.next = 0;
    if (!this.shown.length) return;
    this.behind = false;
    this.painted = performance.now();
    const { context } = this.view;
    const [colors, columns, edges, thick, column, unit] = this.shown;
    const { positive, negative } = colors.edges;
    context.lineCap = "butt";
    for (let index = 0; index < edges.count; index += 1) {
      const edge = edges.order[index];
      const gap = edges.gap[edge];
      if (column !== undefined) {
        const mine = (gap + 1 === column && edges.to[edge] === unit) || (gap === column && edges.from[edge] === unit);
        context.globalAlpha = mine ? 1 : 0.22;
      }
      const look = this.looks[edge], lost = look === LOST;
      const share = (Math.abs(look) - 1) / LEVELS;
      if (lost) context.setLineDash([2, 4]);
      stroke(context, columns[gap], edges.from[edge], columns[gap + 1], edges.to[edge], lost ? 1.5 : 0.7 + share * thick,
        !lost ? (look < 0 ? negative : positive)[Math.min(31, (share * 32) | 0)] : colors.css.ink);
      if (lost) context.setLineDash([]);
    }
    context.globalAlpha = 1;
  }

  unmount() {
    clearTimeout(this.next);
    this.view.unmount();
  }
}

/**
 * The line under the pointer, over the others.
 * @param {CanvasRenderingContext2D} context @param {Palette} colors @param {Place[]} columns @param {import("./network-layout.js").Edges} edges
 * @param {{end: number, thick: number, hot: number}} how
 */
export function drawHot(context, colors, columns, edges, { end, thick, hot }) {
  const gap = edges.gap[hot];
  const width = 0.7 + Math.min(1, Math.abs(edges.weight[hot]) / end) * thick;
  stroke(context, columns[gap], edges.from[hot], columns[gap + 1], edges.to[hot], width + 5, colors.css.accent);
  stroke(context, columns[gap], edges.from[hot], columns[gap + 1], edges.to[hot], width + 2, colors.css.panel);
  stroke(context, columns[gap], edges.from[hot], columns[gap + 1], edges.to[hot], width, (edges.weight[hot] < 0 ? colors.edges.negative : colors.edges.positive)[31]);
}

/** @param {CanvasRenderingContext2D} context @param {Place} one @param {number} from @param {Place} two @param {number} to @param {number} width @param {string} color */
function stroke(context, one, from, two, to, width, color) {
  const x0 = one.x + one.size / 2;
  const x1 = two.x - two.size / 2;
  const middle = (x0 + x1) / 2;
  const y0 = one.y[from];
  const y1 = two.y[to];
  context.beginPath();
  context.moveTo(x0, y0);
  context.bezierCurveTo(middle, y0, middle, y1, x1, y1);
  context.lineWidth = width;
  context.strokeStyle = color;
  context.stroke();
}

/** A picture stands for many inputs: a grey line to each neuron, as thick as all its weights together. @param {CanvasRenderingContext2D} context @param {Palette} colors @param {Place[]} columns @param {Float32Array} weights @param {number} thick */
export function drawPictureEdges(context, colors, columns, weights, thick) {
  const [one, two] = columns;
  const sizes = new Float32Array(two.shown);
  let largest = 1e-9;
  for (let to = 0; to < two.shown; to += 1) {
    let sum = 0;
    for (let from = 0; from < one.units; from += 1) sum += weights[from * two.units + to] ** 2;
    sizes[to] = Math.sqrt(sum);
    largest = Math.max(largest, sizes[to]);
  }
  const color = cssColor(mix(colors.theme.panel, colors.theme.ink2, 0.45));
  for (let to = 0; to < two.shown; to += 1) stroke(context, one, 0, two, to, 0.7 + (sizes[to] / largest) * thick * 0.7, color);
}

/** All tiles as one strip of pixels, filled in one pass and cut up when drawn. */
export class Tiles {
  constructor() {
    this.strip = new Heatmap();
    this.picture = new Heatmap();
    this.side = 0;
    /** @type {{maps: Int8Array, scales: Float32Array, side: number} | null} */
    this.lines = null;
    /** @type {number[]} */
    this.cuts = [];
    /** What full colour means in each column. @type {number[]} */
    this.ends = [];
  }

  /**
   * Response maps: int8 (units, side, side); in a column all share one scale, so a weak neuron looks weak.
   * @param {Int8Array} maps @param {Float32Array} scales @param {number} side @param {Place[]} columns @param {Palette} colors
   */
  responses(maps, scales, side, columns, colors) {
    const slots = columns.reduce((sum, column) => sum + column.shown, 0);
    this.side = side;
    this.lines = null;
    this.strip.size(side * slots, side);
    const { pixels } = this.strip;
    const { diverging, hatch } = colors;
    const cells = side * side;
    let first = 0;
    let slot = 0;
    this.ends = [];
    for (const column of columns) {
      let end = 0;
      for (let unit = 0; unit < column.units; unit += 1) if (scales[first + unit] > end && scales[first + unit] < Infinity) end = scales[first + unit];
      this.ends.push(end);
      for (let unit = 0; unit < column.shown; unit += 1, slot += 1) {
        // Inputs are different things with ranges of their own (x₁ and x₁²): each has its own scale.
        const gain = column === columns[0] ? 1 : end > 0 ? scales[first + unit] / end : scales[first + unit] - scales[first + unit];
        let from = (first + unit) * cells;
        let to = slot * cells;
        for (let row = 0; row < side; row += 1) {
          for (let across = 0; across < side; across += 1, from += 1, to += 1) {
            const value = maps[from];
            pixels[to] = value === NOT_A_NUMBER || !(gain >= 0) ? hatch[((row + across) >> 1) & 1] : diverging[((value * gain) | 0) + 128];
          }
        }
      }
      first += column.units;
    }
    this.strip.put();
  }

  /**
   * One input column: each tile holds the neuron's response as a small curve, zero half way up.
   * @param {Int8Array} maps @param {Float32Array} scales @param {number} side @param {Place[]} columns
   */
  curves(maps, scales, side, columns) {
    this.lines = { maps, scales, side };
    this.ends = [];
    let first = 0;
    for (const { units } of columns) {
      this.ends.push(Math.max(...scales.subarray(first, first + units)));
      first += units;
    }
  }

  /** @param {CanvasRenderingContext2D} context @param {Palette} colors @param {number} unit @param {number} end @param {number} left @param {number} top @param {number} size */
  curve(context, colors, unit, end, left, top, size) {
    const { maps, scales, side } = /** @type {{maps: Int8Array, scales: Float32Array, side: number}} */ (this.lines);
    context.fillStyle = colors.css.panel;
    context.fillRect(left, top, size, size);
    context.fillStyle = colors.css.line;
    context.fillRect(left, top + size / 2 - 0.5, size, 1);
    const gain = (scales[unit] / (end || 1)) / 127;
    context.lineWidth = Math.max(1.4, size * 0.05);
    context.lineJoin = "round";
    // Two passes, one clipped above zero and one below: the hue of the sign, as everywhere.
    for (const above of [true, false]) {
      context.save();
      context.beginPath();
      context.rect(left, above ? top : top + size / 2, size, size / 2);
      context.clip();
      context.beginPath();
      for (let at = 0; at < side; at += 1) context.lineTo(left + ((at + 0.5) / side) * size, top + size / 2 - maps[unit * side + at] * gain * size * 0.42);
      context.strokeStyle = above ? colors.css.positive : colors.css.negative;
      context.stroke();
      context.restore();
    }
  }

  /**
   * Data without a plane: each tile shows the weights that come in, in reading order, zero as the panel's colour.
   * @param {Float32Array[]} weights @param {Place[]} columns @param {Palette} colors
   */
  weights(weights, columns, colors) {
    const sides = weights.map((_, gap) => Math.ceil(Math.sqrt(columns[gap].units)));
    const side = Math.max(1, ...sides);
    const slots = columns.slice(1).reduce((sum, column) => sum + column.shown, 0);
    this.side = side;
    this.strip.size(side * slots, side);
    this.strip.pixels.fill(colors.diverging[128]);
    let slot = 0;
    this.ends = [0];
    this.lines = null;
    this.cuts = sides;
    weights.forEach((values, gap) => {
      const { units, shown } = columns[gap + 1];
      let end = 0;
      for (const value of values) if (Math.abs(value) > end && Math.abs(value) < Infinity) end = Math.abs(value);
      this.ends.push(end);
      for (let unit = 0; unit < shown; unit += 1, slot += 1) {
        for (let from = 0; from < columns[gap].units; from += 1) {
          const value = values[from * units + unit];
          const place = (slot * side + Math.floor(from / sides[gap])) * side + (from % sides[gap]);
          this.strip.pixels[place] = value === value ? colors.diverging[Math.round((Math.max(-end, Math.min(end, value)) / (end || 1)) * 127) + 128] : colors.hatch[(from >> 1) & 1];
        }
      }
    });
    this.strip.put();
  }

  /**
   * Draws all tiles: pictures, then all corners in one path, then all outlines in one path.
   * @param {CanvasRenderingContext2D} context @param {Place[]} columns @param {Palette} colors
   * @param {{plane: boolean, example: Float32Array | null, table: Uint32Array | null}} what
   */
  draw(context, columns, colors, { plane, example, table }) {
    context.imageSmoothingEnabled = plane;
    context.imageSmoothingQuality = columns[0].size > 48 ? "high" : "low";
    const edge = new Path2D();
    const corners = new Path2D();
    let slot = 0;
    let first = 0;
    columns.forEach((column, index) => {
      const { x, size, shown } = column;
      const radius = Math.max(3, size * 0.16);
      const blank = !plane && index === 0;
      const cut = plane ? this.side : this.cuts[index - 1] ?? this.side;
      for (let unit = 0; unit < shown; unit += 1) {
        const left = x - size / 2;
        const top = column.y[unit] - size / 2;
        if (this.lines) this.curve(context, colors, first + unit, this.ends[index], left, top, size);
        else if (blank && column.picture && example && table) {
          const side = Math.ceil(Math.sqrt(example.length));
          let end = 1e-9;
          for (const value of example) end = Math.max(end, Math.abs(value));
          this.picture.floats(example, side, side, table, 0, end, colors.hatch);
          this.picture.draw(context, left, top, size, size, false);
          context.imageSmoothingEnabled = plane;
        } else if (blank) {
          context.fillStyle = colors.css.paper;
          context.fillRect(left, top, size, size);
        } else {
          context.drawImage(this.strip.canvas, 0, slot * this.side, cut, cut, left, top, size, size);
          slot += 1;
        }
        corners.rect(left - 0.5, top - 0.5, size + 1, size + 1);
        corners.roundRect(left, top, size, size, radius);
        edge.roundRect(left + 0.5, top + 0.5, size - 1, size - 1, radius);
      }
      first += column.units;
    });
    context.fillStyle = colors.css.panel;
    context.fill(corners, "evenodd");
    context.lineWidth = 1;
    context.strokeStyle = cssColor(mix(colors.theme.panel, colors.theme.ink2, 0.42));
    context.stroke(edge);
  }
}

/** Where a neuron's bias mark sits, and how large it is. @param {Place} column @param {number} unit */
export function biasMark(column, unit) {
  const r = Math.max(3.5, Math.min(9, column.size * 0.12));
  return { x: column.x - column.size / 2 + r * 0.9, y: column.y[unit] + column.size / 2 - r * 0.9, r };
}

/**
 * Biases as small discs at the lower left corner: hue is the sign, depth the size.
 * @param {CanvasRenderingContext2D} context @param {Palette} colors @param {Place[]} columns @param {(Float32Array | null)[]} biases one a gap
 */
export function drawBiases(context, colors, columns, biases) {
  let end = 0.1;
  for (const values of biases) if (values) for (const value of values) if (Math.abs(value) < Infinity) end = Math.max(end, Math.abs(value));
  biases.forEach((values, gap) => {
    if (!values) return;
    const column = columns[gap + 1];
    for (let unit = 0; unit < column.shown; unit += 1) {
      const { x, y, r } = biasMark(column, unit);
      const value = values[unit];
      const { panel, positive, negative } = colors.theme;
      context.beginPath();
      context.arc(x, y, r, 0, Math.PI * 2);
      // Not a number: solid ink, which no number has.
      context.fillStyle = value === value ? cssColor(mix(panel, value < 0 ? negative : positive, Math.min(1, Math.abs(value) / end))) : colors.css.ink;
      context.fill();
      context.lineWidth = 1.6;
      context.strokeStyle = colors.css.panel;
      context.stroke();
      context.beginPath();
      context.arc(x, y, r - 0.2, 0, Math.PI * 2);
      context.lineWidth = 0.9;
      context.strokeStyle = colors.css.ink2;
      context.stroke();
    }
  });
}
