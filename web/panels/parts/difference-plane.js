/** The difference of two outputs over the plane, with both boundaries in the looks of their runs. */
import { View, palette } from "../../kit/canvas.js";
import { Heatmap } from "../../kit/heatmap.js";
import { drawAxes, gutter } from "../../kit/axes.js";
import { fixed, percent, pretty } from "../../kit/format.js";
import { laneCss, laneStyle } from "../../kit/lanes.js";
import { scaleLegend } from "../../kit/legend.js";
import { classNames, range } from "../../kit/parts.js";
import { arrowStep, follow, readout } from "../../kit/readout.js";
import { steadyEnd } from "../../kit/scale.js";
import { element } from "../../kit/text.js";
import { crosshair, zeroPath } from "./plane-lines.js";
import { minus } from "./difference-fields.js";
import { answerAt, cellAt, placeText } from "./surface-reading.js";

/** @param {HTMLElement} root @param {any} kit */
export function differencePlane(root, kit) {
  const stage = element("div", { class: "stack-stage" });
  const foot = element("div", { class: "stack-foot" });
  root.append(stage, foot);
  const heat = new Heatmap();
  const view = new View(stage, { draw, focusable: true, label: "The difference of two outputs over the plane. Arrow keys move a cross-hair and read the value." });
  const reading = readout(stage);
  const scale = scaleLegend(foot, "B − A", "diverging");
  const other = element("span", { class: "legend difference-other" }, element("i", { "aria-hidden": "true" }), "another class");
  foot.append(other);
  let a = /** @type {any} */ (null);
  let b = /** @type {any} */ (null);
  let state = /** @type {any} */ (null);
  /** @type {{name: string, index: number}[]} */
  let names = [];
  let end = 0;
  /** @type {ReturnType<typeof minus> | null} */
  let found = null;
  let box = { x: 0, y: 0, width: 1, height: 1 };
  /** @type {[number, number] | null} */
  let cursor = null;

  /** The letters of a twin; other runs by their names. @param {number} index */
  const letterOf = (index) => (/^[A-H]( |$)/.test(names[index]?.name ?? "") ? names[index].name[0] : names[index]?.name ?? "AB"[index]);
  const minusWords = () => { const words = `${letterOf(1)} minus ${letterOf(0)}`; return words.length > 24 ? "shown minus first" : words.replace(/^([A-H]) minus ([A-H])$/, "$1 − $2"); };
  const ranges = () => /** @type {[[number, number], [number, number]]} */ ([range(a.meta.low, a.meta.high, 0), range(a.meta.low, a.meta.high, 1)]);

  function draw() {
    if (!found) return;
    const colors = palette(), { context } = view, room = gutter(view.text, true), { rows, columns, values } = found;
    const size = Math.max(20, Math.min(view.width - room.left - room.right, view.height - room.top - room.bottom));
    box = { x: Math.round(room.left + (view.width - room.left - room.right - size) / 2), y: room.top, width: size, height: size };
    heat.size(rows, columns);
    const tint = colors.hatch[1];
    for (let at = 0; at < values.length; at += 1) {
      const value = values[at];
      // Another class is no amount: it has a look of its own.
      heat.pixels[at] = value === Infinity ? (((at % columns) + Math.floor(at / columns)) % 3 ? colors.hatch[0] : tint)
        : Number.isNaN(value) ? colors.hatch[((at % columns) >> 1) & 1] : colors.diverging[Math.round(127 * Math.max(-1, Math.min(1, value / end))) + 128];
    }
    heat.put();
    context.save();
    context.beginPath();
    context.roundRect(box.x, box.y, box.width, box.height, 4);
    context.clip();
    heat.draw(context, box.x, box.y, box.width, box.height, !found.others);
    if (a.arrays.values) [a, b].forEach((part, index) => boundary(part, names[index]?.index ?? index, colors));
    if (cursor) crosshair(view.context, box, colors, ...cursor);
    context.restore();
    context.strokeStyle = colors.css.line;
    context.lineWidth = 1;
    context.strokeRect(box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1);
    const [x, y] = ranges(), columnNames = (state.data.columns ?? ["x1", "x2"]).map(pretty);
    drawAxes(view, colors, box, { x, y, xName: columnNames[0], yName: columnNames[1] });
  }

  /** Where a run's output is zero. @param {any} part @param {number} lane @param {any} colors */
  function boundary(part, lane, colors) {
    const { context } = view;
    zeroPath(context, box, part.arrays.values);
    context.strokeStyle = laneCss(lane, colors);
    context.lineWidth = 1.6;
    // The pieces are shorter than a dash, so the second run's line is dotted piece by piece.
    context.setLineDash(laneStyle(lane).dash.length ? [2, 2.5] : []);
    context.stroke();
    context.setLineDash([]);
  }

  /** @param {number} px @param {number} py */
  function lines(px, py) {
    if (!found) return [];
    const across = (px - box.x) / box.width, down = (py - box.y) / box.height, [x, y] = ranges(), classes = classNames(state);
    const value = found.values[cellAt([found.rows, found.columns], across, down)];
    const first = value === Infinity ? "another class" : Number.isNaN(value) ? "not a number here" : `${minusWords()}: ${value > 0 ? "+" : ""}${fixed(value, 2)}`;
    return [first, ...[a, b].map((part, index) => `${letterOf(index)}: ${answerAt(part, classes, false, across, down)[0] ?? "–"}`),
      placeText(state.data.columns ?? ["x1", "x2"], [x[0] + across * (x[1] - x[0]), y[1] - down * (y[1] - y[0])])];
  }

  const inside = (/** @type {number} */ x, /** @type {number} */ y) => x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
  const rest = () => { cursor = null; reading.hide(); view.redraw(); };
  follow(view.canvas, {
    move(x, y) {
      if (!found || !inside(x, y)) { rest(); return; }
      cursor = [x, y];
      reading.show(x, y, lines(x, y));
      view.redraw();
    },
    leave: rest,
  });
  view.canvas.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && cursor) { event.stopPropagation(); rest(); return; }
    const step = arrowStep(event);
    if (!step || !found) return;
    const [x, y] = cursor ?? [box.x + box.width / 2, box.y + box.height / 2];
    cursor = [Math.min(box.x + box.width, Math.max(box.x, x + (step[0] * box.width) / 40)), Math.min(box.y + box.height, Math.max(box.y, y - (step[1] * box.height) / 40))];
    const said = lines(...cursor);
    reading.show(...cursor, said);
    kit.announce?.(said.join(", "));
    view.redraw();
  });
  view.canvas.addEventListener("blur", rest);

  return {
    /** @param {any} freshA @param {any} freshB @param {{name: string, index: number}[]} called @param {any} now @returns {string} */
    draw(freshA, freshB, called, now) {
      [a, b, names, state] = [freshA, freshB, called, now];
      found = minus(a, b);
      if (!found) return "";
      end = steadyEnd(end, found.most);
      other.hidden = !found.others;
      scale.set(-end, 0, end, `${found.classes ? "sureness, " : ""}${minusWords()}`);
      view.paint();
      return `they disagree on ${percent(found.disagree)}`;
    },
    resize() { view.redraw(); },
    unmount() { scale.unmount(); view.unmount(); stage.remove(); foot.remove(); },
  };
}
