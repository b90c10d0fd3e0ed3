/**
 * Fields of numbers as pictures: one table look-up a cell into an ImageData of the field's own size,
 * which is then scaled as a whole. (Measured: 500 times faster than a rectangle a cell.)
 */
import { NOT_A_NUMBER } from "./palette.js";

/** Which of the hatch's two colours a cell has. @param {number} at @param {number} columns */
const stripe = (at, columns) => (((at % columns) + Math.floor(at / columns)) >> 1) & 1;

/** A picture of rows × columns cells that can be filled again and again and drawn at any size. */
export class Heatmap {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    this.rows = 0;
    this.columns = 0;
    /** @type {ImageData | null} */
    this.image = null;
    this.pixels = new Uint32Array(0);
    /** Whether the field last filled held anything that is no number. */
    this.missing = false;
  }

  /** @param {number} rows @param {number} columns */
  size(rows, columns) {
    if (rows === this.rows && columns === this.columns) return;
    this.rows = rows;
    this.columns = columns;
    this.canvas.width = Math.max(1, columns);
    this.canvas.height = Math.max(1, rows);
    this.image = this.context.createImageData(this.canvas.width, this.canvas.height);
    this.pixels = new Uint32Array(this.image.data.buffer);
  }

  /**
   * int8 values through a table of 256 (index v + 128). `gain` shrinks a field onto a wider common scale.
   * @param {Int8Array} values @param {number} rows @param {number} columns @param {Uint32Array} table @param {number[]} hatch @param {number} [gain]
   */
  signed(values, rows, columns, table, hatch, gain = 1) {
    this.size(rows, columns);
    const { pixels } = this;
    let missing = false;
    for (let row = 0, at = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1, at += 1) {
        const value = values[at];
        if (value === NOT_A_NUMBER) {
          missing = true;
          pixels[at] = hatch[((row + column) >> 1) & 1];
        } else pixels[at] = table[((value * gain) | 0) + 128];
      }
    }
    this.missing = missing;
    this.put();
  }

  /** Only the sign: two colours. @param {Int8Array} values @param {number} rows @param {number} columns @param {Uint32Array} table @param {number[]} hatch */
  twoTone(values, rows, columns, table, hatch) {
    this.size(rows, columns);
    let missing = false;
    for (let at = 0; at < values.length; at += 1) {
      const value = values[at];
      if (value === NOT_A_NUMBER) missing = true;
      this.pixels[at] = value === NOT_A_NUMBER ? hatch[stripe(at, columns)] : table[value >= 0 ? 255 : 1];
    }
    this.missing = missing;
    this.put();
  }

  /**
   * The winning class's hue, the more of it the surer.
   * @param {Uint8Array} winner @param {Uint8Array | null} probability null: full hue @param {number} rows @param {number} columns @param {Uint32Array[]} tables @param {number[]} hatch
   */
  classes(winner, probability, rows, columns, tables, hatch) {
    this.size(rows, columns);
    let missing = false;
    const chance = 255 / tables.length;
    const gain = 255 / (255 - chance);
    for (let at = 0; at < winner.length; at += 1) {
      const sure = probability ? Math.max(0, (probability[at] - chance) * gain) : 255;
      const table = tables[winner[at]];
      if (!table) missing = true;
      this.pixels[at] = table ? table[sure | 0] : hatch[stripe(at, columns)];
    }
    this.missing = missing;
    this.put();
  }

  /** Floats between low and high through a table of 256. @param {ArrayLike<number>} values @param {number} rows @param {number} columns @param {Uint32Array} table @param {number} low @param {number} high @param {number[]} hatch */
  floats(values, rows, columns, table, low, high, hatch) {
    this.size(rows, columns);
    const gain = high > low ? 255 / (high - low) : 0;
    for (let at = 0; at < rows * columns; at += 1) {
      const value = values[at];
      this.pixels[at] = Number.isFinite(value) ? table[Math.min(255, Math.max(0, (value - low) * gain)) | 0]
        : hatch[stripe(at, columns)];
    }
    this.put();
  }

  put() { if (this.image) this.context.putImageData(this.image, 0, 0); }

  /**
   * @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} width @param {number} height @param {boolean} [smooth]
   */
  draw(context, x, y, width, height, smooth = true) {
    if (!this.rows || !this.columns) return;
    context.imageSmoothingEnabled = smooth;
    context.imageSmoothingQuality = "low";
    context.drawImage(this.canvas, x, y, width, height);
  }
}
