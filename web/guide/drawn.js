/**
 * A curve that was drawn by hand, as values at even places: filling, joining, and how far it lies from the real one. No DOM.
 *
 * @typedef {(number|null)[]} Drawn
 */

/** Places a curve has; enough for a bend, few enough to be steered with keys. */
export const PLACES = 41;

/** @returns {Drawn} */
export const empty = () => Array.from({ length: PLACES }, () => null);

/**
 * The line from one place to another goes over everything between them.
 * @param {Drawn} drawn @param {{at: number, value: number}|null} from @param {{at: number, value: number}} to places from 0 to 1
 * @returns {Drawn}
 */
export function stroke(drawn, from, to) {
  const made = [...drawn];
  const last = PLACES - 1, b = Math.round(to.at * last), a = from ? Math.round(from.at * last) : b;
  for (let i = Math.min(a, b); i <= Math.max(a, b); i++) {
    const share = a === b || !from ? 1 : (i - a) / (b - a);
    made[i] = from ? from.value + (to.value - from.value) * share : to.value;
  }
  return made;
}

/** With its gaps closed by straight lines, and level beyond its ends; null where nothing was drawn. @param {Drawn} drawn @returns {number[]|null} */
export function filled(drawn) {
  const known = drawn.flatMap((value, i) => value === null ? [] : [{ i, value }]);
  if (!known.length) return null;
  return drawn.map((value, i) => {
    if (value !== null) return value;
    const after = known.find((one) => one.i > i), before = known.findLast((one) => one.i < i);
    if (!before || !after) return (before ?? after ?? known[0]).value;
    return before.value + (after.value - before.value) * (i - before.i) / (after.i - before.i);
  });
}

/** Drawn over at least half of its width: a prediction. @param {Drawn} drawn */
export function enough(drawn) {
  const known = drawn.flatMap((value, i) => value === null ? [] : [i]);
  return known.length > 0 && known[known.length - 1] - known[0] >= (PLACES - 1) / 2;
}

/** The height of a whole curve at a step. @param {number[]} curve @param {[number, number]} over @param {number} step */
export function heightAt(curve, over, step) {
  const place = Math.min(1, Math.max(0, (step - over[0]) / (over[1] - over[0]))) * (PLACES - 1);
  const low = Math.min(PLACES - 2, Math.floor(place));
  return curve[low] + (curve[low + 1] - curve[low]) * (place - low);
}

/**
 * How far the real curve lies from the drawn one: the mean distance over the steps it was seen at (each stretch weighed by
 * its length), the largest one and where, and which side it lies on on the whole.
 * @param {number[]} curve @param {[number, number]} over @param {ArrayLike<number>} steps @param {ArrayLike<number>} real
 * @returns {{mean: number, largest: number, at: number, above: number}|null}
 */
export function distance(curve, over, steps, real) {
  let sum = 0, side = 0, weight = 0, largest = 0, at = over[0];
  for (let i = 0; i < steps.length; i++) {
    if (steps[i] < over[0] || steps[i] > over[1] || !Number.isFinite(real[i])) continue;
    const off = real[i] - heightAt(curve, over, steps[i]);
    const stretch = Math.max(1e-9, (steps[i + 1] ?? steps[i]) - (steps[i - 1] ?? steps[i]));
    sum += Math.abs(off) * stretch;
    side += off * stretch;
    weight += stretch;
    if (Math.abs(off) > largest) [largest, at] = [Math.abs(off), steps[i]];
  }
  return weight ? { mean: sum / weight, largest, at, above: side / weight } : null;
}
