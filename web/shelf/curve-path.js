/** Curves in the unit square, for the shelf's small pictures. No DOM. */

/**
 * The logarithms between which all curves lie; the first values of a lane that runs away do not flatten the others.
 * @param {ArrayLike<number>[]} losses @returns {[number, number]}
 */
export function ends(losses) {
  const first = losses.map((values) => values[0]).filter((value) => value > 0 && Number.isFinite(value));
  const most = Math.max(...first) * 4;
  const all = losses.flatMap((values) => Array.from(values)).filter((value) => value > 0 && value <= most).map(Math.log10);
  if (!all.length) return [-1, 0];
  const low = Math.min(...all), high = Math.max(...all);
  return high - low < 0.3 ? [high - 0.3, high] : [low, high];
}

/**
 * @param {ArrayLike<number>} steps @param {ArrayLike<number>} losses @param {[number, number]} ends @param {number} most steps the width stands for
 * @returns {[number, number][]} from the top left; what is beyond the ends stands at them
 */
export function path(steps, losses, [low, high], most) {
  /** @type {[number, number][]} */
  const found = [];
  for (let at = 0; at < losses.length; at += 1) {
    if (!Number.isFinite(losses[at])) continue;
    const height = losses[at] > 0 ? (Math.log10(losses[at]) - low) / (high - low) : 0;
    found.push([steps[at] / most, 1 - Math.min(1, Math.max(0, height))]);
  }
  return found;
}
