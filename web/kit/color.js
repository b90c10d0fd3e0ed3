/**
 * Colours as numbers: hex and CSS text to sRGB, OKLab for mixing (equal steps look equal there), and packed
 * 32-bit pixels for ImageData. No DOM.
 */

/** @typedef {[number, number, number]} Rgb 0…255 each */

/** "#abc", "#aabbcc" or "rgb(1, 2, 3)" as three numbers. @param {string} text @returns {Rgb} */
export function parseColor(text) {
  const value = text.trim();
  const hex = /^#([0-9a-f]{3,8})$/i.exec(value)?.[1];
  if (hex) {
    const wide = hex.length < 6 ? [...hex].map((digit) => digit + digit).join("") : hex;
    const channel = (/** @type {number} */ at) => parseInt(wide.slice(at, at + 2), 16);
    return [channel(0), channel(2), channel(4)];
  }
  const numbers = value.match(/[\d.]+/g)?.map(Number) ?? [];
  if (numbers.length < 3) throw new Error(`not a colour: ${text}`);
  return [numbers[0], numbers[1], numbers[2]];
}

/** @param {Rgb} rgb */
export const cssColor = ([r, g, b]) => `rgb(${Math.round(r)}, ${Math.round(g)}, ${Math.round(b)})`;

/** One opaque pixel as a Uint32Array of ImageData holds it (all browsers run on little-endian machines). @param {Rgb} rgb */
export const pixel = ([r, g, b]) =>
  ((255 << 24) | (Math.round(b) << 16) | (Math.round(g) << 8) | Math.round(r)) >>> 0;

const toLinear = (/** @type {number} */ c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
const fromLinear = (/** @type {number} */ c) => (c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055);

/** @param {Rgb} rgb @returns {Rgb} */
export function toOklab(rgb) {
  const [r, g, b] = rgb.map((c) => toLinear(c / 255));
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s];
}

/** @param {Rgb} lab @returns {Rgb} */
export function fromOklab([L, a, b]) {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const channel = (/** @type {number} */ c) => Math.min(255, Math.max(0, 255 * fromLinear(Math.min(1, Math.max(0, c)))));
  return [channel(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    channel(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    channel(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s)];
}

/** The colour a share `t` of the way from one to the other; exactly the ends at 0 and 1. @param {Rgb} from @param {Rgb} to @param {number} t @returns {Rgb} */
export function mix(from, to, t) {
  if (t <= 0) return from;
  if (t >= 1) return to;
  const a = toOklab(from);
  const b = toOklab(to);
  return fromOklab([a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t]);
}

/** Contrast as WCAG counts it, 1 to 21. @param {Rgb} one @param {Rgb} other */
export function contrast(one, other) {
  const light = (/** @type {Rgb} */ rgb) => {
    const [r, g, b] = rgb.map((/** @type {number} */ c) => toLinear(c / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [low, high] = [light(one), light(other)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}
