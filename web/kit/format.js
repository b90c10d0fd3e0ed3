/**
 * Numbers as a person reads them: to the precision that means something, with a real minus sign.
 * Figures are tabular in the page's type, so a number that keeps its length keeps its width. No DOM.
 */

const MINUS = "−";
const SUPERSCRIPT = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const SUBSCRIPT = "₀₁₂₃₄₅₆₇₈₉";

/** @param {string} text */
const withMinus = (text) => text.replace("-", MINUS);

/** A whole number with thousands apart: 1,400. @param {number} value */
export function whole(value) {
  if (!Number.isFinite(value)) return special(value);
  return withMinus(String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, ","));
}

/** @param {number} value */
function special(value) {
  return Number.isNaN(value) ? "not a number" : value > 0 ? "∞" : `${MINUS}∞`;
}

/** 10⁻³ and the like. @param {number} exponent */
export function power(exponent) {
  const digits = [...String(Math.abs(exponent))].map((digit) => SUPERSCRIPT[Number(digit)]).join("");
  return `10${exponent < 0 ? "⁻" : ""}${digits}`;
}

/** x₁, and z₁₂. @param {string} name @param {number} index */
export const subscript = (name, index) => name + [...String(index)].map((digit) => SUBSCRIPT[Number(digit)]).join("");

/** x1 → x₁, as columns are named. @param {string} name */
export const pretty = (name) => name
  .replace(/\b([a-z])(\d+)\b/g, (_, letter, digits) => subscript(letter, Number(digits)))
  .replace(/\^2|²/g, "²").replace(/\*/g, "·");

/**
 * With three figures that mean something (or as many as asked): 1.32, 0.00481, 12,300, 4.1×10⁻⁷.
 * @param {number} value @param {number} [figures]
 */
export function number(value, figures = 3) {
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return special(value);
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) {
    let exponent = Math.floor(Math.log10(size));
    let head = (value / 10 ** exponent).toFixed(1);
    if (Math.abs(Number(head)) >= 10) { exponent += 1; head = (value / 10 ** exponent).toFixed(1); }
    return `${withMinus(head.replace(/\.0$/, ""))}×${power(exponent)}`;
  }
  if (size >= 10 ** figures) return whole(value);
  const rounded = Number(value.toPrecision(figures));
  const decimals = Math.max(0, figures - 1 - Math.floor(Math.log10(Math.abs(rounded))));
  return withMinus(rounded.toFixed(Math.min(8, decimals)));
}

/** With a fixed count of decimals: what stands in a column or changes in place. @param {number} value @param {number} [decimals] */
export function fixed(value, decimals = 2) {
  if (!Number.isFinite(value)) return special(value);
  const text = value.toFixed(decimals);
  return withMinus(/^-0\.?0*$/.test(text) ? text.slice(1) : text);
}

/** A share as a percentage: 14 %, 0.4 %. @param {number} share */
export function percent(share) {
  if (!Number.isFinite(share)) return special(share);
  const value = share * 100;
  const fine = (value >= 0.05 && value < 1) || (value > 99 && value < 99.95);
  return `${value.toFixed(fine ? 1 : 0)} %`;
}

/** For an axis: as few digits as tell this tick from the next. @param {number} value @param {number} step */
export function tick(value, step) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-4) return number(value, 2);
  let decimals = 0;
  while (decimals < 6 && Math.abs(step * 10 ** decimals - Math.round(step * 10 ** decimals)) > 1e-6 * Math.abs(step) * 10 ** decimals) decimals += 1;
  return size >= 1000 && decimals === 0 ? whole(value) : withMinus(value.toFixed(Math.min(6, decimals)));
}

/** A count on an axis, short: 400k, 1.5M. @param {number} value */
export function compact(value) {
  for (const [size, letter] of /** @type {[number, string][]} */ ([[1e9, "G"], [1e6, "M"], [1e4, "k"]])) {
    if (Math.abs(value) >= size) return `${withMinus(String(Number((value / (letter === "k" ? 1e3 : size)).toPrecision(3))))}${letter}`;
  }
  return Number.isInteger(value) ? whole(value) : number(value, 2);
}

/** One thing or several: plural(3, "neuron") is "3 neurons". @param {number} count @param {string} noun */
export const plural = (count, noun) => `${whole(count)} ${noun}${count === 1 ? "" : "s"}`;
