/** One field over the plane minus another. No DOM. */

/**
 * B − A, cell by cell: of signed outputs in the output's own unit; of classes the change of how sure both are where they name the
 * same class. NaN where either is no number, Infinity where they name different classes.
 * @param {any} a a part of the probe `surface` @param {any} b
 * @returns {{values: Float32Array, rows: number, columns: number, most: number, disagree: number, others: boolean, classes: boolean} | null}
 */
export function minus(a, b) {
  const classes = a.meta.kind === "classes";
  const [one, two] = classes ? [a.arrays.winner, b.arrays.winner] : [a.arrays.values, b.arrays.values];
  if (!one || !two || a.meta.kind !== b.meta.kind || one.length !== two.length) return null;
  const values = new Float32Array(one.length);
  const [rows, columns] = one.shape;
  let most = 0, against = 0, others = false;
  for (let at = 0; at < one.length; at += 1) {
    if (classes) {
      const same = one[at] === two[at], missing = one[at] === 255 || two[at] === 255;
      values[at] = missing ? NaN : same ? (b.arrays.probability[at] - a.arrays.probability[at]) / 255 : Infinity;
      if (!same && !missing) { against += 1; others = true; }
    } else {
      const missing = one[at] === -128 || two[at] === -128;
      values[at] = missing ? NaN : (two[at] * b.meta.scale - one[at] * a.meta.scale) / 127;
      if (!missing && one[at] > 0 !== two[at] > 0) against += 1;
    }
    if (Number.isFinite(values[at])) most = Math.max(most, Math.abs(values[at]));
  }
  return { values, rows, columns, most, disagree: against / one.length, others, classes };
}
