/** The line of one neuron in the plane: where w·x + b = 0, and what dragging it does to the weights. No DOM. */

/** @typedef {{w: [number, number], b: number}} Neuron */

/** The point of the line nearest to a place (0, 0 unless said). @param {Neuron} neuron @param {[number, number]} [near] @returns {[number, number] | null} */
export function middle({ w, b }, near = [0, 0]) {
  const size = w[0] ** 2 + w[1] ** 2;
  if (!(size > 1e-12)) return null;
  const off = (w[0] * near[0] + w[1] * near[1] + b) / size;
  return [near[0] - off * w[0], near[1] - off * w[1]];
}

/** Both ends of the line inside a box, or null where it does not cross. @param {Neuron} neuron @param {[number, number]} x @param {[number, number]} y @returns {[[number, number], [number, number]] | null} */
export function ends({ w, b }, x, y) {
  /** @type {[number, number][]} */
  const found = [];
  if (Math.abs(w[1]) > 1e-12) for (const at of x) { const v = -(w[0] * at + b) / w[1]; if (v >= y[0] && v <= y[1]) found.push([at, v]); }
  if (Math.abs(w[0]) > 1e-12) for (const at of y) { const v = -(w[1] * at + b) / w[0]; if (v >= x[0] && v <= x[1]) found.push([v, at]); }
  if (found.length < 2) return null;
  let best = /** @type {[[number, number], [number, number]]} */ ([found[0], found[1]]), far = -1;
  for (const p of found) for (const q of found) { const d = Math.hypot(p[0] - q[0], p[1] - q[1]); if (d > far) { far = d; best = [p, q]; } }
  return far > 1e-9 ? best : null;
}

/** The line goes through this place, its direction as it was: only the bias follows. @param {Neuron} neuron @param {[number, number]} to @returns {Neuron} */
export const moved = ({ w }, to) => ({ w, b: -(w[0] * to[0] + w[1] * to[1]) });

/**
 * The line turns about a place until it goes through another: the weights keep their length. Without a bias it can only turn about 0, 0.
 * @param {Neuron} neuron @param {[number, number]} about @param {[number, number]} through @returns {Neuron}
 */
export function turned({ w, b }, about, through) {
  const size = Math.hypot(...w), dx = through[0] - about[0], dy = through[1] - about[1], length = Math.hypot(dx, dy);
  if (!(length > 1e-9)) return { w, b };
  let normal = /** @type {[number, number]} */ ([-dy / length * size, dx / length * size]);
  // Of the two normals the one nearer to the old: the sides must not change places.
  if (normal[0] * w[0] + normal[1] * w[1] < 0) normal = [-normal[0], -normal[1]];
  return { w: normal, b: -(normal[0] * about[0] + normal[1] * about[1]) };
}

/** z at a place. @param {Neuron} neuron @param {[number, number]} at */
export const sumAt = ({ w, b }, at) => w[0] * at[0] + w[1] * at[1] + b;
