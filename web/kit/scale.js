/** Straight and logarithmic scales and their ticks. No DOM. */

/**
 * From numbers to places on a line.
 * @param {[number, number]} domain @param {[number, number]} range
 */
export function linear([low, high], [from, to]) {
  const slope = high === low ? 0 : (to - from) / (high - low);
  const scale = (/** @type {number} */ value) => from + (value - low) * slope;
  scale.invert = (/** @type {number} */ place) => (slope === 0 ? low : low + (place - from) / slope);
  scale.domain = [low, high];
  return scale;
}

/** A round step (1, 2, 2.5 or 5 times a power of ten) that cuts the span into about `count` parts. @param {number} span @param {number} count */
export function roundStep(span, count) {
  if (!(span > 0)) return 1;
  const rough = span / Math.max(1, count);
  const base = 10 ** Math.floor(Math.log10(rough));
  const part = rough / base;
  return base * (part <= 1 ? 1 : part <= 2 ? 2 : part <= 2.5 ? 2.5 : part <= 5 ? 5 : 10);
}

/** Round numbers between low and high. @param {number} low @param {number} high @param {number} [count] */
export function ticks(low, high, count = 4) {
  if (!Number.isFinite(low) || !Number.isFinite(high) || high <= low) return { values: [low], step: 1 };
  const step = roundStep(high - low, count);
  const values = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high + step * 1e-9; index += 1) values.push(index * step || 0);
  return { values, step };
}

/** Powers of ten between low and high, thinned to at most `count`. @param {number} low @param {number} high @param {number} [count] */
export function logTicks(low, high, count = 5) {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const stride = Math.max(1, Math.ceil((last - first + 1) / count));
  const values = [];
  for (let exponent = first; exponent <= last; exponent += stride) values.push(exponent);
  return values;
}

/** The next of 1, 2, 5, 10, 20, … at or above a size: a scale's end that does not tremble. @param {number} size */
export function roundUp(size) {
  if (!(size > 0) || !Number.isFinite(size)) return 1;
  const base = 10 ** Math.floor(Math.log10(size));
  const part = size / base;
  return base * (part <= 1.0001 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10);
}

/** The 1, 2, 5, 10, … at or below a size. @param {number} size */
export function roundDown(size) {
  if (!(size > 0) || !Number.isFinite(size)) return 0.1;
  const base = 10 ** Math.floor(Math.log10(size));
  const part = size / base;
  return base * (part >= 4.9999 ? 5 : part >= 1.9999 ? 2 : 1);
}

/**
 * A scale's end that follows a changing size in round steps: up at once, down only when half would do.
 * @param {number} now @param {number} size
 */
export function steadyEnd(now, size) {
  const wanted = roundUp(size);
  return wanted > now || wanted * 2 < now || !(now > 0) ? wanted : now;
}
