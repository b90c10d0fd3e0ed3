/** The line where a field is zero, by marching squares: a boundary that can be seen without any colour. No DOM. */

const room = new Float32Array(4 * 40000);

/**
 * Segments x0, y0, x1, y1 in cell units (a cell's centre is at its whole number), as a view that the next call overwrites.
 * @param {ArrayLike<number>} field @param {number} rows @param {number} columns @returns {Float32Array}
 */
export function zeroLine(field, rows, columns) {
  let at = 0;
  for (let row = 0; row + 1 < rows; row += 1) {
    for (let column = 0; column + 1 < columns; column += 1) {
      const here = row * columns + column;
      const a = field[here];
      const b = field[here + 1];
      const c = field[here + columns + 1];
      const d = field[here + columns];
      const kind = (a > 0 ? 1 : 0) | (b > 0 ? 2 : 0) | (c > 0 ? 4 : 0) | (d > 0 ? 8 : 0);
      if (kind === 0 || kind === 15 || at + 8 > room.length) continue;
      // Where the four sides are crossed: top, right, bottom, left.
      const top = column + a / (a - b);
      const right = row + b / (b - c);
      const bottom = column + d / (d - c);
      const left = row + a / (a - d);
      const put = (/** @type {number} */ x0, /** @type {number} */ y0, /** @type {number} */ x1, /** @type {number} */ y1) => {
        room[at] = x0; room[at + 1] = y0; room[at + 2] = x1; room[at + 3] = y1;
        at += 4;
      };
      switch (kind) {
        case 1: case 14: put(column, left, top, row); break;
        case 2: case 13: put(top, row, column + 1, right); break;
        case 4: case 11: put(column + 1, right, bottom, row + 1); break;
        case 8: case 7: put(bottom, row + 1, column, left); break;
        case 3: case 12: put(column, left, column + 1, right); break;
        case 6: case 9: put(top, row, bottom, row + 1); break;
        case 5: put(column, left, top, row); put(column + 1, right, bottom, row + 1); break;
        default: put(top, row, column + 1, right); put(bottom, row + 1, column, left);
      }
    }
  }
  return room.subarray(0, at);
}
