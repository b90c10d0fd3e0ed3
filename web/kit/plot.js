/** Curves through uPlot: log scale, read-out, theme, an own legend with line styles, a table for reading, bounded data. */
import uPlot from "uplot";
import { onTheme, palette } from "./canvas.js";
import { laneCss, laneStyle } from "./lanes.js";
import { followPoint, pointAt } from "./linked.js";
import { element, table, write } from "./text.js";
import { roundDown, roundUp } from "./scale.js";
import { compact, number, power, tick, whole } from "./format.js";

/**
 * A line is of a colour of the theme, or of a lane, whose dashes and hue it wears; one that is broken ends with a cross.
 * @typedef {{name: string, label: string, color?: "ink" | "ink2" | "test" | "faint", lane?: number, dash?: number[], width?: number, broken?: boolean}} Line
 * @typedef {{lines: Line[], log: boolean, xLabel: string, label: string, lead?: string, ceiling?: number}} Setup lead: what the lines differ in; ceiling: more than this runs out of the picture
 */

export class Plot {
  /** @param {HTMLElement} parent @param {Setup} setup */
  constructor(parent, setup) {
    this.legend = element("div", { class: "plot-legend" });
    this.at = element("span", { class: "plot-at" });
    this.host = element("div", { class: "plot-host", tabindex: 0, role: "img" }, this.at);
    this.table = element("div", { class: "plot-table" });
    this.table.hidden = true;
    parent.append(this.legend, this.host, this.table);
    /** @type {uPlot | null} */
    this.made = null;
    /** @type {any[]} */
    this.data = [[]];
    /** What was given, zeros and all: for the read-out. @type {any[]} */
    this.raw = [[]];
    /** @type {HTMLElement[]} */
    this.values = [];
    this.setup = setup;
    this.cursor = -1;
    /** Whether what is pointed at on this axis is pointed at here. */
    this.pointing = false;
    this.width = 0;
    this.height = 0;
    this.stop = onTheme(() => this.rebuild());
    this.observer = new ResizeObserver(([entry]) => this.resize(entry.contentRect.width, entry.contentRect.height));
    this.observer.observe(this.host);
    this.host.addEventListener("keydown", (event) => this.key(event));
    this.host.addEventListener("blur", () => { this.cursor = -1; this.made?.setCursor({ left: -10, top: -10 }); });
    this.linked = followPoint(setup.xLabel, (value) => this.follow(value));
  }

  /** Another set of lines, another scale. @param {Setup} setup */
  configure(setup) {
    this.setup = setup;
    this.rebuild();
  }

  /** uPlot draws at the size it is told; its place decides that, its content never does. @param {number} width @param {number} height */
  resize(width, height) {
    const next = [Math.floor(width), Math.floor(height)];
    if (next[0] === this.width && next[1] === this.height) return;
    [this.width, this.height] = next;
    if (!this.made) this.rebuild();
    else this.made.setSize({ width: next[0], height: next[1] });
  }

  /** Marks what is pointed at in another picture of the same axis. @param {number | null} value */
  follow(value) {
    if (!this.made || this.host.hidden) return;
    const left = value === null ? -10 : this.made.valToPos(value, "x");
    this.made.setCursor({ left: left > this.made.bbox.width / devicePixelRatio ? -10 : left, top: value === null ? -10 : 10 });
  }

  rebuild() {
    this.made?.destroy();
    this.made = null;
    const { setup } = this;
    this.linked.axis = setup.xLabel;
    const colors = palette();
    const { css } = colors;
    const hue = (/** @type {Line} */ line) => (line.lane === undefined ? css[line.color ?? "ink"] : laneCss(line.lane, colors));
    const dashes = (/** @type {Line} */ line) => (line.lane === undefined ? line.dash : laneStyle(line.lane).dash);
    this.legend.classList.toggle("plot-legend-many", setup.lines.some(({ lane }) => lane !== undefined));
    this.host.setAttribute("aria-label", setup.label);
    this.values = setup.lines.map(() => element("b", { class: "plot-value" }));
    this.legend.replaceChildren(...(setup.lead ? [element("span", { class: "plot-lead" }, setup.lead)] : []),
      ...setup.lines.map((line, index) => element("span", { class: "plot-entry", title: line.lane === undefined ? undefined : line.label },
        element("span", { class: "plot-name" }, lineIcon(hue(line), dashes(line) ?? [], line.width ?? 2), element("span", { class: "plot-label" }, line.label)), this.values[index])));
    if (this.width < 40 || this.height < 40) return;
    const style = getComputedStyle(this.host);
    // Whole pixels: uPlot scales a font for sharp screens only by the digits before "px".
    const text = Math.round(Math.max(11, (parseFloat(style.fontSize) || 14) * 0.82));
    const axis = { stroke: css.ink2, font: `${text}px ${style.fontFamily}`, grid: { stroke: css.line, width: 1 }, ticks: { stroke: css.line, width: 1, size: 4 }, gap: 4 };
    this.made = new uPlot({
      width: this.width, height: this.height, legend: { show: false }, padding: [text * 0.6, text * 1.7, 0, 0],
      cursor: { drag: { x: false, y: false }, y: false, points: { size: 7 }, move: (_, left, top) => [left, top] },
      scales: { x: { time: false }, y: setup.log ? { distr: 3, range: (_, low, high) => decades(low, high, setup.ceiling) } : { range: (_, low, high) => padded(low, high) } },
      axes: [
        { ...axis, size: text * 2, space: text * 5.5, values: (_, splits) => splits.map((value) => (value === null ? "" : Math.abs(value) >= 1e4 ? compact(value) : tick(value, splits[1] - splits[0] || 1))) },
        { ...axis, size: text * 3.9, space: text * 2.6, ...(setup.log ? { filter: logFilter, grid: { ...axis.grid, filter: logFilter }, ticks: { ...axis.ticks, filter: logFilter } } : {}),
          values: (_, splits) => (setup.log ? splits.map((value) => (value === null ? "" : logText(value))) : splits.map((value) => (value === null ? "" : tick(value, (splits[1] ?? 1) - (splits[0] ?? 0)))))},
      ],
      series: [{}, ...setup.lines.map((line) => ({ stroke: hue(line), width: line.width ?? 2, dash: dashes(line), points: { show: () => this.data[0].length < 3, size: 6, fill: hue(line) }, spanGaps: true }))],
      hooks: { setCursor: [() => { this.read(); this.point(); }], draw: [(plot) => this.crosses(plot, hue)] },
    }, this.data, this.host);
    this.read();
  }

  /** x and one array a line; typed arrays are used as they are. @param {any[]} data */
  set(data) {
    // What is not above zero has no place on a log scale: a gap is honest, a crash is not.
    this.raw = data;
    this.data = this.setup.log ? data.map((values, index) => (index === 0 ? values : positive(values))) : data;
    this.made?.setData(this.data);
    this.read();
  }

  /** Tells the other pictures of this axis what is pointed at here. */
  point() {
    // New data move the cursor of a plot that only follows, too.
    const mine = this.host.matches(":hover") || this.host === document.activeElement;
    if (!mine && !this.pointing) return;
    this.pointing = mine;
    const { idx, left } = this.made?.cursor ?? {};
    pointAt(this.setup.xLabel, idx === null || idx === undefined || (left ?? -1) < 0 ? null : this.data[0][idx], this.linked);
  }

  /** Where a line broke. @param {uPlot} plot @param {(line: Line) => string} hue */
  crosses(plot, hue) {
    const { ctx, bbox } = plot, size = 5 * devicePixelRatio;
    this.setup.lines.forEach((line, index) => {
      const at = line.broken ? this.known(index + 1, this.data[0].length - 1) : -1;
      if (at < 0) return;
      const x = plot.valToPos(this.data[0][at], "x", true);
      const y = Math.min(bbox.top + bbox.height, Math.max(bbox.top, plot.valToPos(this.data[index + 1][at] ?? Infinity, "y", true)));
      ctx.save();
      ctx.strokeStyle = hue(line);
      ctx.lineWidth = 2 * devicePixelRatio;
      ctx.beginPath();
      ctx.moveTo(x - size, y - size);
      ctx.lineTo(x + size, y + size);
      ctx.moveTo(x + size, y - size);
      ctx.lineTo(x - size, y + size);
      ctx.stroke();
      ctx.restore();
    });
  }

  /** Where a line has its last number up to here: lines of several runs have theirs at different steps. @param {number} row @param {number} at */
  known(row, at) {
    const values = this.raw[row] ?? [];
    while (at >= 0 && !(typeof values[at] === "number" && !Number.isNaN(values[at]))) at -= 1;
    return at;
  }

  /** The numbers in the legend: under the pointer, else the newest. */
  read() {
    const pointed = this.made?.cursor.idx;
    const left = this.made?.cursor.left ?? -1;
    const held = pointed !== null && pointed !== undefined && left >= 0;
    const at = held ? pointed : this.data[0].length - 1;
    this.values.forEach((node, index) => {
      const many = this.setup.lines[index]?.lane !== undefined;
      const value = this.raw[index + 1]?.[many ? this.known(index + 1, at) : at];
      write(node, value === undefined || value === null || Number.isNaN(value) ? "–" : number(value));
    });
    const x = this.data[0][at];
    write(this.at, held && x !== undefined ? `at ${this.setup.xLabel} ${Number.isInteger(x) ? whole(x) : number(x, 4)}` : `by ${this.setup.xLabel}`);
  }

  /** Arrow keys move along the curve. @param {KeyboardEvent} event */
  key(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const count = this.data[0].length;
    if (!step || !this.made || !count) return;
    event.preventDefault();
    event.stopPropagation();
    const stride = Math.max(1, Math.round(count / (event.shiftKey ? 10 : 60)));
    this.cursor = Math.max(0, Math.min(count - 1, (this.cursor < 0 ? count - 1 : this.cursor) + step * stride));
    this.made.setCursor({ left: this.made.valToPos(this.data[0][this.cursor], "x"), top: 10 });
    return this.words();
  }

  /** The read-out as a sentence. */
  words() {
    return `${this.at.textContent}: ${this.setup.lines.map((line, index) => `${line.label} ${this.values[index].textContent}`).join(", ")}`;
  }

  /** Switches between the picture and about 20 rows of its numbers. @param {boolean} on */
  showTable(on) {
    this.table.hidden = !on;
    this.host.hidden = on;
    if (!on) return;
    const count = this.data[0].length;
    const rows = [];
    const stride = Math.max(1, Math.ceil(count / 20));
    for (let at = (count - 1) % stride; at < count; at += stride) {
      rows.push([whole(this.data[0][at]), ...this.setup.lines.map((_, index) => {
        const value = this.data[index + 1][at];
        return value === null || value === undefined || Number.isNaN(value) ? "–" : number(value);
      })]);
    }
    this.table.replaceChildren(table(this.setup.label, [this.setup.xLabel, ...this.setup.lines.map((line) => line.label)], rows.reverse()));
  }

  unmount() {
    this.stop();
    this.linked.stop();
    this.observer.disconnect();
    this.made?.destroy();
    this.host.remove();
    this.legend.remove();
    this.table.remove();
  }
}

/** @param {number} value */
function logText(value) {
  const exponent = Math.round(Math.log10(value) * 1e6) / 1e6;
  return Number.isInteger(exponent) && (exponent < -3 || exponent > 4) ? power(exponent) : number(value, 1);
}

/**
 * Lines and numbers at the powers of ten, as many as have room; where fewer than two are in sight, at 2 and 5 times them too.
 * @param {uPlot} plot @param {number[]} splits
 */
function logFilter(plot, splits) {
  const { min, max } = plot.scales.y;
  const span = Math.log10((max ?? 10) / (min ?? 1));
  const stride = Math.max(1, Math.ceil(span / Math.max(2, plot.height / 34)));
  return splits.map((value) => {
    const exponent = Math.floor(Math.log10(value) + 1e-9);
    const lead = Math.round(value / 10 ** exponent);
    if (lead === 1) return exponent % stride === 0 ? value : null;
    return span < 2 && (lead === 2 || lead === 5) ? value : null;
  });
}

/** Whole powers of ten around the curves (1, 2 or 5 times them where the curves are flat), at most ten: what is smaller is as good as zero. @param {number | null} low @param {number | null} high @param {number} [ceiling] @returns {[number, number]} */
function decades(low, high, ceiling = Infinity) {
  if (high !== null) high = Math.min(high, ceiling);
  if (low !== null) low = Math.min(low, ceiling / 10);
  if (!(low !== null && high !== null && low > 0 && high > 0 && Number.isFinite(high))) return [0.1, 1];
  const top = Math.ceil(Math.log10(high) - 1e-9);
  const bottom = Math.max(Math.floor(Math.log10(low) + 1e-9), top - 10);
  if (top - bottom >= 2) return [10 ** bottom, 10 ** top];
  return [roundDown(Math.max(low, high * 1e-10)), roundUp(high)];
}

/** @param {ArrayLike<number>} values */
const positive = (values) => Array.from(values, (value) => (value > 0 ? value : null));

/** A little air above and below; a flat line gets a range of its own. @param {number | null} low @param {number | null} high @returns {[number, number]} */
function padded(low, high) {
  if (low === null || high === null || !Number.isFinite(low) || !Number.isFinite(high)) return [0, 1];
  const room = (high - low) * 0.06 || Math.abs(high) * 0.1 || 1;
  return [low >= 0 && low - room < 0 ? 0 : low - room, high + room];
}

/** @param {string} color @param {number[]} dash @param {number} width */
function lineIcon(color, dash, width) {
  const canvas = element("canvas", { class: "line-icon", "aria-hidden": "true", width: 48, height: 12 });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.strokeStyle = color;
  context.lineWidth = width * 2;
  context.setLineDash(dash.map((length) => length * 2));
  context.beginPath();
  context.moveTo(0, 6);
  context.lineTo(48, 6);
  context.stroke();
  return canvas;
}
