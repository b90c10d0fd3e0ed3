/** The surface seen from above, with the path of each racer and what it remembers. */
import { View, palette } from "../../kit/canvas.js";
import { drawAxes, gutter } from "../../kit/axes.js";
import { laneCss, laneStyle } from "../../kit/lanes.js";
import { linear } from "../../kit/scale.js";
import { drawMarks, trace } from "../../kit/marks.js";
import { largest, memoryOf, squaresOf } from "./race-board.js";
import { Relief } from "./relief.js";

const ARROW = 46;
const ELLIPSE = 24;
const SMALLEST = 3;

export class RaceMap {
  /** @param {HTMLElement} stage @param {{label: string}} options */
  constructor(stage, { label }) {
    this.relief = new Relief();
    /** @type {any} */
    this.ground = null;
    /** @type {any} */
    this.race = null;
    this.step = 0;
    this.chosen = 0;
    /** @type {number[] | null} */
    this.cursor = null;
    this.sizes = /** @type {number[][]} */ ([]);
    this.view = new View(stage, { draw: () => this.draw(), label, focusable: true });
  }

  /** @param {any} part of the probe terrain */
  surface(part) {
    this.ground = part.meta;
    this.relief.set(part.arrays.values, part.arrays.values.shape[0], part.meta.lowest);
    this.view.redraw();
  }

  /** @param {any} part of the probe race */
  run(part) {
    this.race = part;
    this.sizes = part.meta.racers.map((/** @type {any} */ racer, /** @type {number} */ index) => {
      const memory = memoryOf(racer), squares = squaresOf(racer);
      return [memory ? largest(part.arrays[`${index}.${memory}`]) : 0,
        squares ? Math.sqrt(largest(part.arrays[`${index}.${squares}`])) : 0, largest(part.arrays[`${index}.gradient`])];
    });
  }

  /** Where the map is on the canvas, and how its numbers become places. */
  get place() {
    const room = gutter(this.view.text, true);
    const box = { x: room.left, y: room.top, width: Math.max(1, this.view.width - room.left - room.right), height: Math.max(1, this.view.height - room.top - room.bottom) };
    const { low, high } = this.ground ?? { low: [-1, -1], high: [1, 1] };
    return { box, x: linear([low[0], high[0]], [box.x, box.x + box.width]), y: linear([low[1], high[1]], [box.y + box.height, box.y]) };
  }

  draw() {
    if (!this.ground) return;
    const colors = palette();
    const { context } = this.view;
    const { box, x, y } = this.place;
    const { low, high, minima } = this.ground;
    drawAxes(this.view, colors, box, { x: [low[0], high[0]], y: [low[1], high[1]], xName: "x", yName: "y" });
    this.relief.draw(context, colors, box);
    context.save();
    context.beginPath();
    context.rect(box.x, box.y, box.width, box.height);
    context.clip();
    if (this.ground.box) this.limits(colors, x, y);
    for (const [a, b] of minima) cross(context, x(a), y(b), this.view.text * 0.45, colors);
    if (this.race) {
      const { racers, start } = this.race.meta;
      ring(context, x(start[0]), y(start[1]), this.view.text * 0.55, colors);
      const all = racers.map((/** @type {any} */ _, /** @type {number} */ index) => index);
      // The chosen one over the others.
      const drawn = [...all.filter((/** @type {number} */ index) => index !== this.chosen), ...all.filter((/** @type {number} */ index) => index === this.chosen)];
      for (const index of drawn) this.path(index, colors, x, y);
      for (const index of drawn) this.ball(index, colors, x, y);
    }
    if (this.cursor) ring(context, x(this.cursor[0]), y(this.cursor[1]), this.view.text * 0.7, colors);
    context.restore();
  }

  /** The box a path is kept in. @param {any} colors @param {(v: number) => number} x @param {(v: number) => number} y */
  limits(colors, x, y) {
    const { context } = this.view;
    const [[left, right], [bottom, top]] = this.ground.box;
    context.setLineDash([4, 4]);
    context.lineWidth = 1.2;
    context.strokeStyle = colors.css.ink;
    context.strokeRect(x(left), y(top), x(right) - x(left), y(bottom) - y(top));
    context.setLineDash([]);
  }

  /** @param {number} index @param {any} colors @param {(v: number) => number} x @param {(v: number) => number} y */
  path(index, colors, x, y) {
    const { context } = this.view;
    const places = this.race.arrays[`${index}.position`];
    const far = 4 * Math.max(this.view.width, this.view.height);
    context.beginPath();
    for (let step = 0; step <= this.step; step += 1) {
      const [px, py] = [x(places[step * 2]), y(places[step * 2 + 1])];
      if (!Number.isFinite(px) || !Number.isFinite(py) || Math.abs(px) > far || Math.abs(py) > far) {
        if (Number.isFinite(px) && Number.isFinite(py)) context.lineTo(Math.max(-far, Math.min(far, px)), Math.max(-far, Math.min(far, py)));
        break;
      }
      context.lineTo(px, py);
    }
    context.lineJoin = "round";
    context.lineCap = "butt";
    const wide = index === this.chosen ? 3 : 2;
    context.lineWidth = wide + 2.6;
    context.globalAlpha = 0.75;
    context.strokeStyle = colors.css.panel;
    context.stroke();
    context.globalAlpha = 1;
    context.setLineDash(laneStyle(index).dash);
    context.lineWidth = wide;
    context.strokeStyle = laneCss(index, colors);
    context.stroke();
    context.setLineDash([]);
  }

  /** @param {number} index @param {any} colors @param {(v: number) => number} x @param {(v: number) => number} y */
  ball(index, colors, x, y) {
    const { context, text } = this.view;
    const { arrays, meta } = this.race;
    const at = this.step * 2;
    const place = arrays[`${index}.position`];
    const [px, py] = [x(place[at]), y(place[at + 1])];
    if (!Number.isFinite(px) || !Number.isFinite(py)) return;
    const color = laneCss(index, colors);
    const [memory, squares] = [memoryOf(meta.racers[index]), squaresOf(meta.racers[index])];
    const [longest, widest, steepest] = this.sizes[index];
    const unit = text / 12;
    if (squares && widest > 0) {
      const sizes = arrays[`${index}.${squares}`];
      const radius = [0, 1].map((axis) => Math.max(SMALLEST, (Math.sqrt(Math.max(0, sizes[at + axis])) / widest) * ELLIPSE * unit));
      context.beginPath();
      context.ellipse(px, py, radius[0], radius[1], 0, 0, 7);
      context.globalAlpha = 0.2;
      context.fillStyle = color;
      context.fill();
      context.globalAlpha = 1;
      context.lineWidth = 1.4;
      context.strokeStyle = color;
      context.stroke();
    }
    if (index === this.chosen && steepest > 0) {
      const slope = arrays[`${index}.gradient`];
      arrow(context, px, py, -slope[at], slope[at + 1], ARROW * unit * 0.8, steepest, colors.css.ink, 1.6, colors.css.panel);
    }
    if (memory && longest > 0) {
      const vector = arrays[`${index}.${memory}`];
      arrow(context, px, py, -vector[at], vector[at + 1], ARROW * unit, longest, color, 3, colors.css.panel);
    }
    drawMarks(context, laneStyle(index).mark, [px, py], 1, text * (index === this.chosen ? 0.56 : 0.46), color, colors.css.panel);
  }

  unmount() { this.view.unmount(); }
}

/**
 * An arrow along (dx, dy) in pixels' directions; its length is the root of its share of the longest, so that small ones can be seen.
 * @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} dx @param {number} dy @param {number} reach
 * @param {number} longest @param {string} color @param {number} width @param {string} casing
 */
function arrow(context, x, y, dx, dy, reach, longest, color, width, casing) {
  const size = Math.hypot(dx, dy);
  if (!(size > 0) || !Number.isFinite(size)) return;
  const length = reach * Math.sqrt(Math.min(1, size / longest));
  if (length < 5) return;
  const [ux, uy] = [dx / size, dy / size];
  const [tx, ty] = [x + ux * length, y + uy * length];
  const head = Math.min(length * 0.5, 4 + width * 2);
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(tx, ty);
  context.moveTo(tx - ux * head - uy * head * 0.6, ty - uy * head + ux * head * 0.6);
  context.lineTo(tx, ty);
  context.lineTo(tx - ux * head + uy * head * 0.6, ty - uy * head - ux * head * 0.6);
  context.lineCap = "round";
  context.lineJoin = "round";
  context.lineWidth = width + 2;
  context.strokeStyle = casing;
  context.stroke();
  context.lineWidth = width;
  context.strokeStyle = color;
  context.stroke();
  context.lineCap = "butt";
}

/** Where it is lowest. @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} r @param {any} colors */
function cross(context, x, y, r, colors) {
  context.beginPath();
  trace(context, "star", x, y, r);
  context.lineWidth = 2.4;
  context.strokeStyle = colors.css.panel;
  context.stroke();
  context.fillStyle = colors.css.ink;
  context.fill();
}

/** Where all begin. @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} r @param {any} colors */
function ring(context, x, y, r, colors) {
  for (const [width, color] of /** @type {[number, string][]} */ ([[4, colors.css.panel], [1.8, colors.css.ink]])) {
    context.beginPath();
    context.arc(x, y, r, 0, 7);
    context.lineWidth = width;
    context.strokeStyle = color;
    context.stroke();
  }
}
