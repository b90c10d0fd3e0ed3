/** Samples kept on the page: columns of numbers that grow, with a bound. No DOM. */

/** How many samples are kept at most; past it every other one of the older half goes. */
export const MOST = 4000;

export class Series {
  /** @param {number} [most] */
  constructor(most = MOST) {
    this.most = most;
    this.count = 0;
    /** @type {Record<string, Float64Array>} */
    this.columns = {};
    /** Rises with every change, so that a drawer knows whether there is anything new. */
    this.version = 0;
  }

  clear() {
    this.count = 0;
    this.version += 1;
  }

  /**
   * Adds new samples, or starts anew. A sample at an earlier step than the last one means the run went back.
   * @param {Record<string, ArrayLike<number>>} arrays equally long; must hold `step` @param {boolean} [reset]
   */
  add(arrays, reset = false) {
    if (reset) this.count = 0;
    const steps = arrays.step;
    if (!steps?.length) { this.version += 1; return; }
    while (this.count && this.columns.step[this.count - 1] >= steps[0]) this.count -= 1;
    let from = 0;
    if (steps.length >= this.most) {
      from = steps.length - this.most;
      this.count = 0;
    }
    if (this.count + steps.length - from > this.most) this.#thin(steps.length - from);
    for (const [name, values] of Object.entries(arrays)) {
      if (!this.columns[name]) {
        this.columns[name] = new Float64Array(this.most);
        this.columns[name].fill(NaN);
      }
      for (let at = from; at < values.length; at += 1) this.columns[name][this.count + at - from] = values[at];
    }
    this.count += steps.length - from;
    this.version += 1;
  }

  /** @param {number} more room that is needed */
  #thin(more) {
    while (this.count + more > this.most && this.count > 1) {
      const half = this.count >> 1;
      const kept = half >> 1;
      for (const column of Object.values(this.columns)) {
        for (let at = 0; at < kept; at += 1) column[at] = column[at * 2];
        column.copyWithin(kept, half, this.count);
      }
      this.count = kept + this.count - half;
    }
  }

  /** A column's samples so far, without a copy. @param {string} name */
  column(name) { return this.columns[name]?.subarray(0, this.count) ?? new Float64Array(0); }

  /** @param {string} name */
  last(name) { return this.count && this.columns[name] ? this.columns[name][this.count - 1] : NaN; }
}

/**
 * Rows of a picture over time with a fixed count of columns: when it is full, neighbours are merged and each
 * column stands for twice as many samples.
 */
export class Strip {
  /** @param {number} rows @param {number} [most] even */
  constructor(rows, most = 240) {
    this.rows = rows;
    this.most = most;
    this.values = new Float32Array(rows * most).fill(NaN);
    this.steps = new Float64Array(most);
    this.count = 0;
    this.every = 1;
    this.pending = 0;
  }

  clear() { this.count = 0; this.every = 1; this.pending = 0; this.values.fill(NaN); }

  /** One sample: a number a row. @param {number} step @param {ArrayLike<number>} sample */
  add(step, sample) {
    if (this.count && step <= this.steps[this.count - 1]) {
      while (this.count && this.steps[this.count - 1] >= step) {
        this.count -= 1;
        for (let row = 0; row < this.rows; row += 1) this.values[row * this.most + this.count] = NaN;
      }
      this.pending = 0;
    }
    if (this.pending > 0 && this.pending < this.every && this.count) {
      const at = this.count - 1;
      for (let row = 0; row < this.rows; row += 1) {
        const place = row * this.most + at;
        this.values[place] += (sample[row] - this.values[place]) / (this.pending + 1);
      }
      this.steps[at] = step;
      this.pending += 1;
      return;
    }
    if (this.count === this.most) {
      const half = this.most / 2;
      for (let row = 0; row < this.rows; row += 1) {
        const from = row * this.most;
        for (let at = 0; at < half; at += 1) this.values[from + at] = (this.values[from + at * 2] + this.values[from + at * 2 + 1]) / 2;
        this.values.fill(NaN, from + half, from + this.most);
      }
      for (let at = 0; at < half; at += 1) this.steps[at] = this.steps[at * 2 + 1];
      this.count = half;
      this.every *= 2;
    }
    for (let row = 0; row < this.rows; row += 1) this.values[row * this.most + this.count] = sample[row];
    this.steps[this.count] = step;
    this.count += 1;
    this.pending = 1;
  }
}
