/**
 * Canvases that are as sharp as the screen, follow the size of their place and the theme, and are drawn again
 * in one animation frame for all of them.
 */
import { makePalette } from "./palette.js";
import { parseColor } from "./color.js";

/** @typedef {import("./palette.js").Palette} Palette */

const FALLBACK = { panel: "#ffffff", paper: "#f6f5f2", ink: "#17181c", "ink-2": "#55565e", line: "#e5e2dc", accent: "#0b7a6b",
  positive: "#1663b0", negative: "#d4600f", warn: "#b3480a", test: "#a3308a" };

/** @type {Palette | null} */
let current = null;
/** @type {Set<View>} */
const views = new Set();
/** @type {Set<() => void>} */
const listeners = new Set();
/** @type {Set<View>} */
const dirty = new Set();
let scheduled = false;
let watching = false;

/** The palette of the theme on screen; the same object until the theme changes. @returns {Palette} */
export function palette() {
  watch();
  if (!current) {
    const style = getComputedStyle(document.documentElement);
    const read = (/** @type {keyof typeof FALLBACK} */ name) => {
      try { return parseColor(style.getPropertyValue(`--${name}`) || FALLBACK[name]); } catch { return parseColor(FALLBACK[name]); }
    };
    const panel = read("panel");
    const dark = panel[0] + panel[1] + panel[2] < 384;
    // The test curve's colour is the panels' own: it must be neither the accent nor one of the signed pair.
    const test = style.getPropertyValue("--test") ? read("test") : parseColor(dark ? "#e08ad0" : "#a3308a");
    current = makePalette({ dark, panel, paper: read("paper"), ink: read("ink"), ink2: read("ink-2"), line: read("line"),
      accent: read("accent"), positive: read("positive"), negative: read("negative"), warn: read("warn"), test });
  }
  return current;
}

/** Called after every change of theme or text size; returns the way to stop. @param {() => void} act */
export function onTheme(act) {
  watch();
  listeners.add(act);
  return () => listeners.delete(act);
}

/** The page's own attributes are the truth about the theme: whatever sets them, the pictures follow. */
function watch() {
  if (watching) return;
  watching = true;
  const changed = () => {
    current = null;
    for (const view of views) view.restyle();
    for (const listener of listeners) listener();
  };
  new MutationObserver(changed).observe(document.documentElement, { attributes: true });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
  document.fonts?.ready.then(changed);
}

function flush() {
  scheduled = false;
  const now = [...dirty];
  dirty.clear();
  for (const view of now) view.paint();
}

const observer = typeof ResizeObserver === "undefined" ? null : new ResizeObserver((entries) => {
  for (const entry of entries) {
    for (const view of views) if (view.host === entry.target) view.measure(entry.contentRect.width, entry.contentRect.height);
  }
});

/** One canvas that fills its host, in CSS pixels; `draw(view)` paints it from nothing. */
export class View {
  /**
   * @param {HTMLElement} parent
   * @param {{label?: string, className?: string, focusable?: boolean, draw: (view: View) => void, resized?: (view: View) => void}} options
   */
  constructor(parent, { label, className = "", focusable = false, draw, resized }) {
    this.host = document.createElement("div");
    this.host.className = `view ${className}`;
    this.canvas = document.createElement("canvas");
    if (label) {
      this.canvas.setAttribute("role", focusable ? "application" : "img");
      this.canvas.setAttribute("aria-label", label);
    } else this.canvas.setAttribute("aria-hidden", "true");
    if (focusable) this.canvas.tabIndex = 0;
    this.host.append(this.canvas);
    parent.append(this.host);
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    this.draw = draw;
    this.resized = resized;
    this.width = 0;
    this.height = 0;
    this.ratio = 1;
    this.text = 12;
    this.family = "sans-serif";
    views.add(this);
    observer?.observe(this.host);
    this.restyle();
  }

  /** Type and sizes of text come from the page, so a projector's large type reaches the pictures too. */
  restyle() {
    const style = getComputedStyle(this.host);
    this.family = style.fontFamily || "sans-serif";
    this.text = Math.max(11, (parseFloat(style.fontSize) || 14) * 0.82);
    this.redraw();
  }

  /** @param {number} width @param {number} height */
  measure(width, height) {
    const ratio = Math.min(3, window.devicePixelRatio || 1);
    if (width === this.width && height === this.height && ratio === this.ratio) return;
    this.width = width;
    this.height = height;
    this.ratio = ratio;
    this.canvas.width = Math.max(1, Math.round(width * ratio));
    this.canvas.height = Math.max(1, Math.round(height * ratio));
    this.resized?.(this);
    // At once and not a frame later: setting the size has emptied the canvas.
    this.paint();
  }

  /** Paints now; for the page's own animation loop. */
  paint() {
    dirty.delete(this);
    if (this.width < 2 || this.height < 2) return;
    const { context } = this;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    this.draw(this);
  }

  /** Paints in the next animation frame, once however often it was asked for. */
  redraw() {
    dirty.add(this);
    if (!scheduled) {
      scheduled = true;
      requestAnimationFrame(flush);
    }
  }

  /** @param {number} [size] in CSS pixels @param {string} [weight] */
  font(size = this.text, weight = "400") { return `${weight} ${size}px ${this.family}`; }

  unmount() {
    views.delete(this);
    dirty.delete(this);
    observer?.unobserve(this.host);
    this.host.remove();
  }
}
