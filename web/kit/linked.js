/** One place on an axis that several pictures share: what is pointed at in one is marked in all. No DOM. */

/** @type {Set<{axis: string, act: (value: number | null) => void}>} */
const followers = new Set();
let pointing = false;

/** Something of this axis is pointed at, or (null) no more. @param {string} axis @param {number | null} value @param {unknown} by who follows and need not be told */
export function pointAt(axis, value, by) {
  // Following moves a cursor, and a moved cursor points: once is enough.
  if (pointing) return;
  pointing = true;
  try {
    for (const one of followers) if (one.axis === axis && one !== by) one.act(value);
  } finally {
    pointing = false;
  }
}

/** @param {string} axis such as "step" @param {(value: number | null) => void} act */
export function followPoint(axis, act) {
  const one = { axis, act };
  followers.add(one);
  return Object.assign(one, { stop: () => followers.delete(one) });
}
