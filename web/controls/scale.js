/**
 * How a slider moves over a knob's range, and how a number is written. No DOM here.
 *
 * @typedef {import("./schema.js").Knob} Knob
 */

/** Steps within one factor of ten: the numbers people say. */
const SPOKEN = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8];

const tidy = (/** @type {number} */ value) => Number(value.toPrecision(12));

/**
 * The values a slider stops at, in order: on a log scale spoken numbers (and powers of two for whole numbers),
 * on a linear one about a hundred even steps. A range that begins at zero keeps zero as its first stop.
 * @param {Pick<Knob, "kind"|"scale"|"low"|"high"|"default">} knob
 * @returns {number[]}
 */
export function stops(knob) {
  const whole = knob.kind === "integer";
  const low = knob.low ?? (knob.scale === "log" ? 1e-6 : 0);
  const high = knob.high ?? Math.max(low + 1, 10 * Math.abs(knob.default || 1));
  const found = new Set([low, high]);
  if (knob.scale === "log") {
    const first = low > 0 ? low : whole ? 1 : Math.min(1e-5, high / 1e5);
    for (let tens = Math.floor(Math.log10(first)); tens <= Math.log10(high); tens++) {
      for (const digit of SPOKEN) {
        const value = tidy(digit * 10 ** tens);
        if (value >= first && value <= high && (!whole || Number.isInteger(value))) found.add(value);
      }
    }
    if (whole) for (let value = 1; value <= high; value *= 2) if (value >= first) found.add(value);
  } else {
    const step = evenStep(high - low, whole);
    for (let n = Math.ceil(tidy(low / step)); tidy(n * step) <= high; n++) found.add(tidy(n * step));
  }
  return [...found].sort((a, b) => a - b);
}

/** @param {number} span @param {boolean} whole */
function evenStep(span, whole) {
  const rough = span / 100;
  const tens = 10 ** Math.floor(Math.log10(rough));
  const step = tidy(([1, 2, 5, 10].find((digit) => digit * tens >= rough * 0.999) ?? 10) * tens);
  return whole ? Math.max(1, Math.round(step)) : step;
}

/**
 * The stop nearest to a value (as the slider shows it; the value itself is not changed by that).
 * @param {number[]} all @param {number} value
 */
export function nearest(all, value) {
  let low = 0, high = all.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (all[middle] <= value) low = middle; else high = middle;
  }
  return Math.abs(all[high] - value) < Math.abs(value - all[low]) ? high : low;
}

/**
 * A number as people write it, to `digits` that mean something.
 * @param {number|null|undefined} value
 * @param {number} [digits]
 */
export function write(value, digits = 4) {
  if (value === null || value === undefined) return "–";
  if (Number.isNaN(value)) return "not a number";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e7 || size < 1e-4) {
    const [mantissa, power] = value.toExponential(Math.min(2, digits - 1)).split("e");
    return `${mantissa.replace(/\.?0+$/, "")}e${Number(power)}`.replaceAll("-", "−");
  }
  if (Number.isInteger(value)) return whole(value);
  const text = String(Number(value.toPrecision(digits)));
  return text.replace("-", "−");
}

/** A whole number with its thousands parted. @param {number} value */
export function whole(value) {
  return String(Math.round(value)).replace("-", "−").replace(/\B(?=(\d{3})+$)/g, ",");
}

/**
 * What a person typed, as a number; NaN where it is none. Takes a decimal comma and the signs `write` uses.
 * @param {string} text
 */
export function read(text) {
  let plain = text.trim().replaceAll("−", "-").replace(/\s/g, "");
  if (/^-?\d{1,3}(,\d{3})+(\.\d*)?$/.test(plain)) plain = plain.replaceAll(",", "");
  else plain = plain.replace(",", ".");
  return plain === "" ? NaN : Number(plain);
}
