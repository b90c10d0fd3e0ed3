/** Where the neurons stand and which lines between them are drawn. No DOM. */

/** More than this in one column is told in words, not in tiles. */
export const MOST_SHOWN = 16;
/** More lines than this are a grey mass and too slow to draw. */
export const MOST_EDGES = 1500;

/**
 * @typedef {{name: string, units: number, picture?: boolean}} Column `picture`: the whole column as one tile
 * @typedef {{name: string, units: number, shown: number, x: number, size: number, y: Float32Array, picture: boolean}} Place
 */

/**
 * Columns spread over the width, tiles as large as the fullest column allows, each column centred.
 * @param {number} width @param {number} height @param {Column[]} columns
 * @param {{top: number, bottom: number, left: number, right: number}} room kept free around the tiles
 * @returns {{columns: Place[], tile: number, pitch: number, step: number}}
 */
export function layout(width, height, columns, room) {
  const free = Math.max(24, height - room.top - room.bottom);
  const most = Math.max(1, Math.min(MOST_SHOWN, Math.floor(free / 18.5)));
  const shown = columns.map(({ units, picture }) => (picture ? 1 : Math.min(units, most)));
  const fullest = Math.max(1, ...shown);
  const across = Math.max(40, width - room.left - room.right);
  const gaps = Math.max(1, columns.length - 1);
  const cap = Math.max(44, Math.min(150, free * 0.16));
  // Half a tile stands out at either end, so the tile takes part in what a step between columns can be.
  const tile = Math.max(15, Math.floor(Math.min((free / fullest) * 0.87, (across / (gaps + 1)) * 0.55, cap)));
  const last = columns[columns.length - 1];
  const big = (/** @type {number} */ index) => {
    const alone = shown[index] === 1 && (columns[index].picture || columns[index] === last);
    const growth = columns[index].picture ? 3.4 : 1.75;
    return alone ? Math.floor(Math.min(tile * growth, free * 0.8, (across / (gaps + 1)) * 0.8)) : tile;
  };
  const sizes = columns.map((_, index) => big(index));
  const from = room.left + sizes[0] / 2;
  const to = width - room.right - sizes[sizes.length - 1] / 2;
  const step = columns.length > 1 ? (to - from) / gaps : 0;
  const pitch = Math.min(free / fullest, tile * 1.5);
  const middle = room.top + free / 2;
  return {
    tile, pitch, step,
    columns: columns.map((column, index) => ({
      name: column.name, units: column.units, shown: shown[index], picture: Boolean(column.picture),
      x: columns.length > 1 ? from + step * index : width / 2, size: sizes[index],
      y: Float32Array.from({ length: shown[index] }, (_, unit) => middle + (unit - (shown[index] - 1) / 2) * pitch),
    })),
  };
}

const BINS = 32;

/** The lines to draw, weakest first, in arrays that are kept from frame to frame. */
export class Edges {
  constructor() {
    this.count = 0;
    this.hidden = 0;
    this.largest = 0;
    this.gap = new Uint16Array(0);
    this.from = new Uint16Array(0);
    this.to = new Uint16Array(0);
    this.weight = new Float32Array(0);
    this.order = new Uint32Array(0);
    this.bin = new Uint8Array(0);
  }

  /** @param {number} size */
  room(size) {
    this.gap = new Uint16Array(size);
    this.from = new Uint16Array(size);
    this.to = new Uint16Array(size);
    this.weight = new Float32Array(size);
    this.order = new Uint32Array(size);
    this.bin = new Uint8Array(size);
  }

  /**
   * @param {Place[]} columns @param {Float32Array[]} weights one (inputs, outputs) a gap, row by row @param {number} end the size drawn thickest
   */
  update(columns, weights, end) {
    let total = 0;
    for (let gap = 0; gap < weights.length; gap += 1) total += columns[gap].picture ? 0 : columns[gap].shown * columns[gap + 1].shown;
    if (total > this.weight.length) this.room(total);
    const { weight, bin } = this;
    const counts = new Uint32Array(BINS + 1);
    let at = 0;
    let largest = 0;
    for (let gap = 0; gap < weights.length; gap += 1) {
      if (columns[gap].picture) continue;
      const values = weights[gap];
      const outputs = columns[gap + 1].units;
      for (let from = 0; from < columns[gap].shown; from += 1) {
        for (let to = 0; to < columns[gap + 1].shown; to += 1, at += 1) {
          const value = values[from * outputs + to];
          const size = Math.abs(value);
          if (size > largest && size < Infinity) largest = size;
          weight[at] = value;
          this.gap[at] = gap;
          this.from[at] = from;
          this.to[at] = to;
          const step = Math.min(BINS - 1, Math.floor((size / end) * BINS)) || 0;
          bin[at] = step;
          counts[step] += 1;
        }
      }
    }
    this.largest = largest;
    let first = 0;
    let kept = total;
    while (kept > MOST_EDGES && first < BINS - 1) { kept -= counts[first]; first += 1; }
    // A counting sort: bins are few, lines are many, and nothing is allocated a line.
    const starts = new Uint32Array(BINS);
    let start = 0;
    for (let step = first; step < BINS; step += 1) { starts[step] = start; start += counts[step]; }
    for (let edge = 0; edge < total; edge += 1) if (bin[edge] >= first) this.order[starts[bin[edge]]++] = edge;
    this.count = start;
    this.hidden = total - start;
  }

  /**
   * The line under a place: lines are S-curves whose height at x is known in closed form.
   * @param {Place[]} columns @param {number} x @param {number} y @param {number} within
   */
  at(columns, x, y, within = 6) {
    let best = within;
    let found = -1;
    for (let index = this.count - 1; index >= 0; index -= 1) {
      const edge = this.order[index];
      const one = columns[this.gap[edge]];
      const two = columns[this.gap[edge] + 1];
      const from = one.x + one.size / 2;
      const to = two.x - two.size / 2;
      if (x <= from || x >= to) continue;
      const away = Math.abs(curveY(one.y[this.from[edge]], two.y[this.to[edge]], (x - from) / (to - from)) - y);
      if (away < best - 0.01) { best = away; found = edge; }
    }
    return found;
  }
}

/** Height of the Bézier curve with level ends and control points at half way, at a share of its width. @param {number} y0 @param {number} y1 @param {number} share */
export function curveY(y0, y1, share) {
  let t = share;
  for (let turn = 0; turn < 4; turn += 1) t -= (1.5 * t - 1.5 * t * t + t * t * t - share) / (1.5 - 3 * t + 3 * t * t);
  return y0 + (y1 - y0) * t * t * (3 - 2 * t);
}
