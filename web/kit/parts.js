/** Small readings of what a probe sent. No DOM. */

/** A range given as two numbers for both axes or as two pairs. @param {any} low @param {any} high @param {number} axis @returns {[number, number]} */
export function range(low, high, axis) {
  const pick = (/** @type {any} */ end) => Number(Array.isArray(end) ? end[axis] : end);
  const [from, to] = [pick(low), pick(high)];
  if (!Number.isFinite(from) || !Number.isFinite(to)) return [-1, 1];
  return from < to ? [from, to] : [from - 0.5, from + 0.5];
}

/** The names of the classes, or null where values are learnt. @param {any} state @returns {string[] | null} */
export function classNames(state) {
  const { classes } = state.data;
  if (!classes || classes.length === 0) return null;
  return Array.isArray(classes) ? classes.map(String) : Array.from({ length: classes }, (_, k) => `class ${k}`);
}

/** Whether the network, with these data, has what a probe measures. @param {any} state @param {string} probe */
export const measurable = (state, probe) => Boolean(state.probes?.includes(probe));

/** "layer 2" or "output layer", as people call it. @param {string} name @param {{name: string}[]} layers */
export function layerTitle(name, layers) {
  if (layers.length && layers[layers.length - 1].name === name) return "output";
  return name.replace(/(\d+)$/, " $1");
}
