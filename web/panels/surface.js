/** What the network answers everywhere in the plane, with the data it learns from; points can be added and erased. */
import { View, palette } from "../kit/canvas.js";
import { Heatmap } from "../kit/heatmap.js";
import { drawAxes, gutter } from "../kit/axes.js";
import { classLegend, scaleLegend } from "../kit/legend.js";
import { arrowStep, follow, readout } from "../kit/readout.js";
import { drawMarks } from "../kit/marks.js";
import { classShape } from "../kit/palette.js";
import { pretty } from "../kit/format.js";
import { element, summary } from "../kit/text.js";
import { classNames, measurable, range } from "../kit/parts.js";
import { crosshair, zeroPath } from "./parts/plane-lines.js";
import { PointsLayer, nearest } from "./parts/points.js";
import { PaintQueue } from "./parts/paint-queue.js";
import { answerAt, exampleText, placeText } from "./parts/surface-reading.js";
import { surfaceTools } from "./parts/surface-tools.js";
import { drawCurve } from "./parts/curve1d.js";

const unitKey = (/** @type {any} */ unit) => (unit ? `surface:${unit.layer}.${unit.unit}` : "surface");

export default {
  name: "surface",
  title: "Output",
  about: "The network's answer for every place in the plane. Blue is positive, orange negative, the panel's colour is exactly zero.",
  fits: (/** @type {any} */ state) => measurable(state, "surface") && !state.data.image,
  wants(/** @type {any} */ state, /** @type {any} */ options) {
    const axes = options?.axes ?? [0, 1];
    const unit = options?.unit ?? null;
    const list = [{ key: "points", probe: "points", options: { axes }, rate: 6 }];
    list.push({ key: "surface", probe: "surface", options: /** @type {any} */ ({ resolution: 80, axes }), rate: unit ? 4 : 15 });
    if (unit) {
      list.push({ key: unitKey(unit), probe: "surface", rate: 15,
        options: /** @type {any} */ ({ resolution: 80, axes, tensor: `${unit.layer}.output`, unit: unit.unit }) });
    }
    return list;
  },

  /** @param {HTMLElement} host @param {any} kit */
  mount(host, kit) {
    const layout = element("div", { class: "surface-layout" });
    const root = element("div", { class: "surface-panel" }, layout);
    const bar = element("div", { class: "surface-tools" });
    const stage = element("div", { class: "surface-stage" });
    const label = element("div", { class: "surface-label" });
    const foot = element("div", { class: "surface-foot" });
    layout.append(bar, stage, foot);
    host.append(root);
    const heat = new Heatmap();
    const points = new PointsLayer();
    /** @type {Map<string, any>} */
    const seen = new Map();
    let state = kit.state.value;
    let box = { x: 0, y: 0, width: 1, height: 1 };
    /** @type {{x: number, y: number, keys: boolean} | null} */
    let cursor = null;
    /** @type {any} */
    let painted = null;
    /** @type {ReturnType<typeof drawCurve>} */
    let curve = null;

    const tools = surfaceTools(bar, kit, () => view.redraw());
    const { tool } = tools;
    const queue = new PaintQueue((paint) => kit.command("edit", { paint }), () => view.redraw());
    const view = new View(stage, { focusable: true, draw, resized: place,
      label: "The output over the plane. Arrow keys move a cross-hair and read the value, Enter adds a point, Delete erases." });
    stage.append(label);
    const box1 = readout(stage);
    const scale = scaleLegend(foot, "output", "soft");
    const marks = classLegend(foot);
    const missing = element("span", { class: "legend" }, "hatched: not a number");
    missing.hidden = true;               // before the first picture nothing is known to be missing
    foot.append(missing);
    const words = summary(root);

    const unit = () => kit.options?.value?.unit ?? null;
    const one = () => state.data.columns?.length === 1;
    const axes = () => kit.options?.value?.axes ?? [0, 1];
    const field = () => seen.get(unitKey(unit())) ?? seen.get("surface");
    const canPaint = () => Boolean(state.data.plane || one());

    // The neuron under the pointer takes the plane over, after a moment: passing over ten neurons asks for none of them.
    let wait = 0;
    const stopHover = kit.hover?.subscribe((/** @type {any} */ hover) => {
      clearTimeout(wait);
      const next = hover && hover.layer !== "input" && !(state.layers?.at(-1)?.name === hover.layer && state.layers.at(-1).outputs === 1) ? { layer: hover.layer, unit: hover.unit } : null;
      wait = window.setTimeout(() => {
        if (unitKey(unit()) === unitKey(next) || !kit.options) return;
        for (const key of seen.keys()) if (key.startsWith("surface:")) seen.delete(key);
        kit.options.value = { ...kit.options.value, unit: next };
        describe();
        view.redraw();
      }, next ? 70 : 160);
    });

    const stopState = kit.state?.subscribe?.((/** @type {any} */ next) => { if (next?.data) tools.update(next, classNames(next)); });

    function place() {
      const room = gutter(view.text, true);
      const width = view.width - room.left - room.right;
      const height = view.height - room.top - room.bottom;
      if (one()) { box = { x: room.left, y: room.top, width, height }; return; }
      const size = Math.max(20, Math.min(width, height));
      box = { x: Math.round(room.left + (width - size) / 2), y: Math.round(room.top + (height - size) / 2), width: size, height: size };
    }

    /** The ranges of both axes: what the surface was measured over, else what the points lie in. */
    function ranges() {
      const part = field() ?? seen.get("points");
      const source = part?.meta?.low !== undefined ? part.meta : seen.get("points")?.meta ?? { low: -1, high: 1 };
      return /** @type {[[number, number], [number, number]]} */ ([range(source.low, source.high, 0), range(source.low, source.high, 1)]);
    }

    function valueRange() {
      const labels = seen.get("points")?.arrays.train_y;
      const scale1 = seen.get("surface")?.meta?.scale;
      if (scale1) return /** @type {[number, number]} */ ([-scale1, scale1]);
      let [low, high] = [Infinity, -Infinity];
      for (const value of labels ?? []) { low = Math.min(low, value); high = Math.max(high, value); }
      return /** @type {[number, number]} */ (low < high ? [low, high] : [-1, 1]);
    }

    function draw() {
      const colors = palette();
      const { context } = view;
      const classes = classNames(state);
      const [x, y] = ranges();
      if (one()) {
        curve = drawCurve(view, colors, box, { points: seen.get("points"), surface: field(), column: state.data.columns[0], target: state.data.targets?.[0] ?? "y",
          showTest: tool.showTest, pending: queue.rows, cursor: cursor && [cursor.x, cursor.y] });
        return;
      }
      const part = field();
      if (part && (part !== painted?.part || colors !== painted.colors || tool.discrete !== painted.discrete)) fill(part, colors, classes);
      painted = { part, colors, discrete: tool.discrete };
      context.save();
      context.beginPath();
      context.roundRect(box.x, box.y, box.width, box.height, 4);
      context.clip();
      heat.draw(context, box.x, box.y, box.width, box.height);
      if (part?.meta.kind === "signed") boundary(part, colors);
      const showing = unit();
      context.globalAlpha = showing && seen.has(unitKey(showing)) ? 0.45 : 1;
      points.draw(view, colors, box, { part: seen.get("points"), x, y, classes: classes?.length ?? 0, range: valueRange(), showTest: tool.showTest });
      context.globalAlpha = 1;
      for (const [px, py, kind] of queue.rows) {
        const at = [box.x + ((px - x[0]) / (x[1] - x[0])) * box.width, box.y + box.height - ((py - y[0]) / (y[1] - y[0])) * box.height];
        drawMarks(context, classes ? classShape(kind, classes.length) : "circle", at, 1, Math.max(3, box.width / 95),
          classes ? colors.classCss(kind, classes.length) : colors.css.ink, colors.css.panel);
      }
      if (cursor) pointed(colors, cursor.x, cursor.y);
      context.restore();
      context.strokeStyle = colors.css.line;
      context.lineWidth = 1;
      context.strokeRect(box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1);
      const names = (state.data.columns ?? ["x1", "x2"]).map(pretty);
      drawAxes(view, colors, box, { x, y, xName: names[axes()[0]], yName: names[axes()[1]] });
    }

    /** @param {any} part @param {any} colors @param {string[] | null} classes */
    function fill(part, colors, classes) {
      if (part.meta.kind === "classes") {
        const { winner, probability } = part.arrays;
        const [rows, columns] = winner.shape;
        heat.classes(winner, tool.discrete ? null : probability, rows, columns, colors.regions(classes?.length ?? 2), colors.hatch);
        return;
      }
      const { values } = part.arrays;
      const [rows, columns] = values.shape;
      if (tool.discrete && classes) heat.twoTone(values, rows, columns, colors.soft, colors.hatch);
      else heat.signed(values, rows, columns, colors.soft, colors.hatch);
    }

    /** Zero as a line as well as a colour. @param {any} part @param {any} colors */
    function boundary(part, colors) {
      const { values } = part.arrays;
      const { context } = view;
      zeroPath(context, box, values);
      context.globalAlpha = 0.5;
      context.strokeStyle = colors.css.ink;
      context.lineWidth = 1.2;
      context.stroke();
      context.globalAlpha = 1;
    }

    /** @param {any} colors @param {number} x @param {number} y */
    function pointed(colors, x, y) {
      const { context } = view;
      crosshair(context, box, colors, x, y);
      if (tool.kind !== "erase") return;
      context.strokeStyle = colors.css.ink;
      context.lineWidth = 1;
      context.globalAlpha = 0.55;
      context.beginPath();
      context.arc(x, y, eraser(), 0, 7);
      context.stroke();
      context.globalAlpha = 1;
    }

    const eraser = () => Math.max(12, box.width / 25);
    const inside = (/** @type {number} */ x, /** @type {number} */ y) => x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
    function toData(/** @type {number} */ px, /** @type {number} */ py) {
      const [x, y] = ranges();
      return [x[0] + ((px - box.x) / box.width) * (x[1] - x[0]), y[0] + ((box.y + box.height - py) / box.height) * (y[1] - y[0])];
    }

    /** What is written beside the pointer. @param {number} px @param {number} py */
    function reading(px, py) {
      if (one()) return curve?.reading(px) ?? [];
      const classes = classNames(state);
      const [x, y] = ranges();
      const showing = unit();
      const names = state.data.columns ?? ["x1", "x2"];
      return [...answerAt(field(), classes, Boolean(showing && seen.has(unitKey(showing))), (px - box.x) / box.width, (py - box.y) / box.height),
        placeText([names[axes()[0]], names[axes()[1]]], toData(px, py)),
        ...exampleText(nearest(seen.get("points"), px, py, box, x, y, tool.showTest), classes)];
    }

    /** @param {number} px @param {number} py */
    function act(px, py) {
      if (!canPaint() || !inside(px, py)) return;
      if (one()) { oneAct(px, py); return; }
      const [x, y] = toData(px, py);
      if (tool.kind === "erase") {
        const [xs] = ranges();
        kit.command("edit", { erase: { at: [x, y], radius: (eraser() / box.width) * (xs[1] - xs[0]) } });
        return;
      }
      const label = classNames(state) ? tool.label : tool.value;
      queue.add([x, y, label]);
    }

    /** One column: the height of the click is the value to learn. @param {number} px @param {number} py */
    function oneAct(px, py) {
      if (!curve) return;
      const [x, y] = [curve.x.invert(px), curve.y.invert(py)];
      if (tool.kind === "erase") kit.command("edit", { erase: { at: [x], radius: Math.abs(curve.x.invert(px + eraser() / 2) - x) } });
      else queue.add([x, y]);
    }

    let lastDrag = [0, 0];
    follow(view.canvas, {
      move(px, py) {
        if (!inside(px, py)) { cursor = null; box1.hide(); view.redraw(); return; }
        cursor = { x: px, y: py, keys: false };
        box1.show(px, py, reading(px, py));
        view.redraw();
      },
      leave() { cursor = null; box1.hide(); view.redraw(); },
      tap: act,
      drag(px, py) {
        if (Math.hypot(px - lastDrag[0], py - lastDrag[1]) < (tool.kind === "erase" ? eraser() : 14)) return;
        lastDrag = [px, py];
        act(px, py);
      },
    });
    view.canvas.addEventListener("keydown", (event) => {
      const step = arrowStep(event);
      if (!cursor || !cursor.keys) {
        if (!step && event.key !== "Enter" && event.key !== "Delete") return;
        cursor = { x: box.x + box.width / 2, y: box.y + box.height / 2, keys: true };
      }
      if (step) {
        cursor.x = Math.min(box.x + box.width, Math.max(box.x, cursor.x + (step[0] * box.width) / 40));
        cursor.y = Math.min(box.y + box.height, Math.max(box.y, cursor.y - (step[1] * box.height) / 40));
      } else if (event.key === "Enter") act(cursor.x, cursor.y);
      else if (event.key === "Delete" || event.key === "Backspace") {
        const before = tool.kind;
        tool.kind = "erase";
        act(cursor.x, cursor.y);
        tool.kind = before;
      } else if (event.key === "Escape") { cursor = null; box1.hide(); view.redraw(); return; } else return;
      event.preventDefault();
      event.stopPropagation();
      const lines = reading(cursor.x, cursor.y);
      box1.show(cursor.x, cursor.y, lines);
      kit.announce?.(event.key === "Enter" ? `Added. ${lines[0]}` : lines.join(", "));
      view.redraw();
    });
    view.canvas.addEventListener("blur", () => { if (cursor?.keys) { cursor = null; box1.hide(); view.redraw(); } });

    let told = "";
    function describe() {
      const classes = classNames(state);
      const showing = unit();
      const part = field();
      const signed = part?.meta.kind !== "classes";
      scale.node.hidden = !signed || one();
      if (signed && part) {
        const end = part.meta.scale ?? 1;
        const middle = part.meta.center ?? 0;
        scale.set(-end + middle, middle, end + middle, showing && seen.has(unitKey(showing)) ? "this neuron" : "output");
      }
      marks.node.hidden = !classes && !tool.showTest;
      marks.set(classes ?? [], tool.showTest);
      missing.hidden = one() || !heat.missing;
      const known = Boolean(showing && seen.has(unitKey(showing)));
      const name = known ? `Neuron ${showing.unit + 1} of ${showing.layer.replace(/(\d+)$/, " $1")}` : "";
      label.hidden = !known;
      if (label.textContent !== name) label.textContent = name;
      const many = (state.data.columns?.length ?? 0) > 2;
      const note = many ? "the other columns at their mean" : canPaint() ? "point to read, click to add points" : "point to read";
      if (note !== told) { told = note; kit.note?.(note); }
    }

    return {
      /** @param {Map<string, any>} parts @param {any} next */
      draw(parts, next) {
        if (next && next !== state) {
          const reshape = next.data?.columns?.length !== state?.data?.columns?.length;
          state = next;
          if (reshape) { seen.clear(); queue.clear(); place(); }
        }
        for (const [key, part] of parts) {
          if (key !== "points" && !key.startsWith("surface")) continue;
          seen.set(key, part);
          if (key === "points") queue.seen(part.meta.version);
        }
        view.paint();
        describe();
        if (cursor && !box1.node.hidden) box1.show(cursor.x, cursor.y, reading(cursor.x, cursor.y));
        words.update(() => {
          const part = seen.get("points");
          return `${part?.arrays.train_y?.length ?? 0} training points and ${part?.arrays.test_y?.length ?? 0} test points over ${(state.data.columns ?? []).slice(0, 2).join(" and ")}.`;
        });
      },
      resize() { place(); view.redraw(); },
      unmount() {
        stopHover?.();
        stopState?.();
        clearTimeout(wait);
        tools.unmount();
        scale.unmount();
        marks.unmount();
        view.unmount();
        root.remove();
      },
    };
  },
};
