/**
 * The three scales of the page, as tables of 256 packed pixels, and the marks of the classes. No DOM.
 *
 *   diverging   signed values: orange below zero, blue above, and zero exactly the panel's own colour
 *   viridis     magnitudes and shares
 *   classes     ten colours that keep apart for every kind of colour sight, each with a shape of its own
 */
import { contrast, cssColor, mix, parseColor, pixel } from "./color.js";

/** @typedef {import("./color.js").Rgb} Rgb */

// viridis (Smith and van der Walt, CC0) at every eighth of its 256 steps; between them a straight line is exact to 1/255.
const VIRIDIS = "440154470d6048186a482374472d7b4537814240863e49893b528b375b8d33638d2f6b8e2c728e297a8e26828e23898e21918c1f988b1fa08822a78528ae8032b67a3fbc734ec36b5ec96270cf5784d44b98d83eaddc30c2df23d8e219ece51bfde725";

/** A value of a map that is not a number travels as this int8. */
export const NOT_A_NUMBER = -128;

/** Shapes of class marks, in the order of the classes. */
export const SHAPES = /** @type {const} */ (
  ["circle", "diamond", "triangle", "square", "cross", "down-triangle", "star", "hexagon", "bar", "ring"]);

// Chosen by search: each as far as can be from those before it for normal sight and without any one kind of cone,
// at least 3 : 1 against the panel, and none near the accent.
const CLASS_LIGHT = ["#1663b0", "#d4600f", "#a670f3", "#77002b", "#50038f", "#649bb5", "#77562f", "#004556", "#ab437b", "#72895c"];
const CLASS_DARK = ["#62aef5", "#ff9a4a", "#cd4290", "#f3d0fb", "#908126", "#6e6bed", "#00ef9f", "#c394b2", "#ff6972", "#4ca77b"];

/**
 * Index v + 128 for an int8 v in −127…127: the colour of v/127. `strength` below 1 makes a softer scale with the same zero.
 * @param {Rgb} zero @param {Rgb} positive @param {Rgb} negative @param {number} [strength]
 */
export function divergingTable(zero, positive, negative, strength = 1) {
  const table = new Uint32Array(256);
  for (let index = 0; index < 256; index += 1) {
    const share = Math.max(-1, (index - 128) / 127);
    table[index] = pixel(mix(zero, share < 0 ? negative : positive, Math.abs(share) * strength));
  }
  return table;
}

/** @param {number} share 0…1 @returns {Rgb} */
export function viridis(share) {
  const at = Math.min(1, Math.max(0, share)) * 32;
  const low = Math.min(31, Math.floor(at));
  const part = (/** @type {number} */ key, /** @type {number} */ from) => parseInt(VIRIDIS.slice(key * 6 + from, key * 6 + from + 2), 16);
  return /** @type {Rgb} */ ([0, 2, 4].map((from) => part(low, from) + (part(low + 1, from) - part(low, from)) * (at - low)));
}

/** viridis as 256 pixels. */
export function viridisTable() {
  return Uint32Array.from({ length: 256 }, (_, index) => pixel(viridis(index / 255)));
}

/** A scale from the panel's colour to one hue, as 256 pixels. @param {Rgb} zero @param {Rgb} full @param {number} [strength] */
export function shadeTable(zero, full, strength = 1) {
  return Uint32Array.from({ length: 256 }, (_, index) => pixel(mix(zero, full, (index / 255) * strength)));
}

/** Edges get one of 32 colours a sign, from a faint line to the full hue. @param {Rgb} zero @param {Rgb} full */
export function edgeColors(zero, full) {
  return Array.from({ length: 32 }, (_, index) => cssColor(mix(zero, full, 0.22 + 0.78 * Math.sqrt(index / 31))));
}

/**
 * The colour of class k of n. Two classes are the two ends of the signed scale, as their maps are:
 * class 0 is negative, class 1 positive.
 * @param {number} k @param {number} n @param {{dark: boolean, positive: Rgb, negative: Rgb}} theme @returns {Rgb}
 */
export function classColor(k, n, theme) {
  if (n <= 2) return k === 0 ? theme.negative : theme.positive;
  const list = theme.dark ? CLASS_DARK : CLASS_LIGHT;
  return parseColor(list[k % list.length]);
}

/** The shape of class k of n; with two classes the negative one is the diamond. @param {number} k @param {number} n */
export function classShape(k, n) {
  return n <= 2 ? SHAPES[k === 0 ? 1 : 0] : SHAPES[k % SHAPES.length];
}

/** Black or white, whichever reads better on this colour. @param {Rgb} background */
export function inkOn(background) {
  return contrast(background, [255, 255, 255]) >= contrast(background, [0, 0, 0]) ? "#ffffff" : "#000000";
}

/**
 * @typedef {{dark: boolean, panel: Rgb, paper: Rgb, ink: Rgb, ink2: Rgb, line: Rgb, accent: Rgb,
 *            positive: Rgb, negative: Rgb, warn: Rgb, test: Rgb, faint?: Rgb}} ThemeColors
 */

/**
 * Everything drawn with in one theme; made once per theme, not per frame.
 * @param {ThemeColors} theme
 */
export function makePalette(theme) {
  theme = { ...theme, faint: mix(theme.panel, theme.ink2, 0.5) };
  const css = /** @type {Record<keyof Omit<ThemeColors, "dark">, string>} */ ({});
  for (const name of /** @type {const} */ (["panel", "paper", "ink", "ink2", "line", "accent", "positive", "negative", "warn", "test", "faint"])) {
    css[name] = cssColor(/** @type {Rgb} */ (theme[name]));
  }
  /** @type {Map<number, Uint32Array[]>} */
  const regions = new Map();
  return {
    theme, css,
    diverging: divergingTable(theme.panel, theme.positive, theme.negative),
    soft: divergingTable(theme.panel, theme.positive, theme.negative, 0.5),
    viridis: viridisTable(),
    // Under lines and marks: less of it, so that they stand out.
    relief: Uint32Array.from({ length: 256 }, (_, index) => pixel(mix(viridis(index / 255), theme.panel, theme.dark ? 0.72 : 0.58))),
    share: Uint32Array.from({ length: 256 }, (_, index) => pixel(shareColor(theme, index / 255))),
    edges: { positive: edgeColors(theme.panel, theme.positive), negative: edgeColors(theme.panel, theme.negative) },
    hatch: [pixel(mix(theme.panel, theme.ink, 0.12)), pixel(mix(theme.panel, theme.ink, 0.6))],
    /** @param {number} k @param {number} n */
    classCss: (k, n) => cssColor(classColor(k, n, theme)),
    /** One soft shade table a class. @param {number} n */
    regions(n) {
      let tables = regions.get(n);
      if (!tables) {
        tables = Array.from({ length: n }, (_, k) => shadeTable(theme.panel, classColor(k, n, theme), 0.5));
        regions.set(n, tables);
      }
      return tables;
    },
  };
}

/** A share in a table cell: zero is the panel, more stands out more in either theme. @param {ThemeColors} theme @param {number} share @returns {Rgb} */
export function shareColor(theme, share) {
  if (share <= 0) return theme.panel;
  return mix(theme.panel, theme.dark ? viridis(0.15 + share * 0.75) : viridis(0.95 - share * 0.8), 0.25 + share * 0.75);
}

/** @typedef {ReturnType<typeof makePalette>} Palette */
