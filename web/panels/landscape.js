/** The loss around the network, cut along the plane in which its path lies, and the way it has come. */
import { View, palette } from "../kit/canvas.js";
import { drawAxes, gutter } from "../kit/axes.js";
import { linear } from "../kit/scale.js";
import { scaleLegend } from "../kit/legend.js";
import { choice, element, summary } from "../kit/text.js";
import { follow, readout } from "../kit/readout.js";
import { number, percent, whole } from "../kit/format.js";
import { styles } from "../kit/style.js";
import { Relief } from "./parts/relief.js";

styles(`
.landscape-share { font-size: var(--text-least, 0.786rem); color: var(--ink-2); font-variant-numeric: tabular-nums; }
`);

const CELLS = 31;
const planeOf = (/** @type {any} */ options) => (options?.plane === "random" ? "random" : "path");

export default {
  name: "landscape",
  title: "Loss landscape",
  about: "A plane cut through all the weights: height is the loss there, the line is the way the weights have come, seen as its shadow on the plane.",
  fits: (/** @type {any} */ state) => state.parameters > 0 && state.parameters <= 20000,
  wants: (/** @type {any} */ _, /** @type {any} */ options) => [{ key: "plane", probe: "loss_plane", options: { plane: planeOf(options), resolution: CELLS, rows: 256 }, rate: 1.5 }],

  /** @param {HTMLElement} host @param {any} kit */
  mount(host, kit) {
    const stage = element("div", { class: "stack-stage" });
    const foot = element("div", { class: "stack-foot" });
    const root = element("div", { class: "stack-panel" }, stage, foot);
    host.append(root);
    const view = new View(stage, { draw, label: "The loss around the weights, and the path. Left and right arrow keys walk along the path.", focusable: true });
    const box = readout(stage);
    const words = summary(root);
    const relief = new Relief();
    /** @type {any} */
    let part = null;
    let walked = -1;
    const which = choice("Plane", [{ value: "path", label: "its own plane", title: "The two directions in which the path varies most" },
      { value: "random", label: "a random one", title: "Two random directions, each neuron's part as long as its weights" }],
    planeOf(kit.options?.value), (value) => { if (kit.options) kit.options.value = { ...kit.options.value, plane: value }; });
    foot.append(which.node);
    const legend = scaleLegend(foot, "loss", "relief");
    const share = element("span", { class: "landscape-share" });
    foot.append(share);

    function scales() {
      const room = gutter(view.text, true);
      room.left = Math.round(view.text * 3.4);
      const area = { x: room.left, y: room.top, width: Math.max(1, view.width - room.left - room.right), height: Math.max(1, view.height - room.top - room.bottom) };
      const { low, high } = part.meta;
      return { area, x: linear([low[0], high[0]], [area.x, area.x + area.width]), y: linear([low[1], high[1]], [area.y + area.height, area.y]) };
    }

    function draw() {
      if (!part) return;
      const colors = palette();
      const { context, text } = view;
      const { area, x, y } = scales();
      const { low, high } = part.meta;
      drawAxes(view, colors, area, { x: [low[0], high[0]], y: [low[1], high[1]], xName: "α", yName: "β" });
      relief.draw(context, colors, area);
      const { path, step } = part.arrays;
      context.save();
      context.beginPath();
      context.rect(area.x, area.y, area.width, area.height);
      context.clip();
      for (const [width, color] of /** @type {[number, string][]} */ ([[5, colors.css.panel], [2.2, colors.css.ink]])) {
        context.beginPath();
        for (let at = 0; at < step.length; at += 1) context.lineTo(x(path[at * 2]), y(path[at * 2 + 1]));
        context.lineWidth = width;
        context.lineJoin = "round";
        context.strokeStyle = color;
        context.stroke();
      }
      context.beginPath();
      for (let at = 0; at < step.length; at += 1) dot(at, 2.2);
      context.fillStyle = colors.css.ink;
      context.fill();
      mark(0, "○", text * 0.5, colors.css.panel, colors.css.ink);
      mark(step.length - 1, "●", text * 0.5, colors.css.ink, colors.css.panel);
      if (walked >= 0) mark(Math.min(walked, step.length - 1), "", text * 0.62, colors.css.panel, colors.css.ink);
      context.restore();

      /** @param {number} at @param {number} r */
      function dot(at, r) {
        context.moveTo(x(path[at * 2]) + r, y(path[at * 2 + 1]));
        context.arc(x(path[at * 2]), y(path[at * 2 + 1]), r, 0, 7);
      }

      /** @param {number} at @param {string} _ @param {number} r @param {string} fill @param {string} edge */
      function mark(at, _, r, fill, edge) {
        context.beginPath();
        dot(at, r);
        context.fillStyle = fill;
        context.fill();
        context.lineWidth = 2;
        context.strokeStyle = edge;
        context.stroke();
      }
    }

    /** @param {number} at */
    function read(at) {
      walked = Math.max(0, Math.min(part.arrays.step.length - 1, at));
      const { x, y } = scales();
      const { path, step, loss, off } = part.arrays;
      const lines = [`step ${whole(step[walked])}: loss ${number(loss[walked])}`, `${number(off[walked], 2)} away from the plane`];
      box.show(x(path[walked * 2]), y(path[walked * 2 + 1]), lines);
      view.redraw();
      return lines.join(", ");
    }
    const quiet = () => { walked = -1; box.hide(); view.redraw(); };
    follow(view.canvas, {
      move: (px, py) => {
        if (!part) return;
        const { area, x, y } = scales();
        const { path, step } = part.arrays;
        let best = -1, least = 144;
        for (let at = 0; at < step.length; at += 1) {
          const far = (x(path[at * 2]) - px) ** 2 + (y(path[at * 2 + 1]) - py) ** 2;
          if (far < least) { least = far; best = at; }
        }
        if (best >= 0) { read(best); return; }
        walked = -1;
        if (px < area.x || px > area.x + area.width || py < area.y || py > area.y + area.height) { box.hide(); return; }
        const [a, b] = [x.invert(px), y.invert(py)];
        box.show(px, py, [`loss ${number(relief.at(a, b, part.meta))}`, `α = ${number(a, 2)}, β = ${number(b, 2)}`]);
        view.redraw();
      },
      leave: quiet,
    });
    view.canvas.addEventListener("keydown", (event) => {
      const turn = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!turn || !part) return;
      event.preventDefault();
      event.stopPropagation();
      kit.announce?.(read((walked < 0 ? part.arrays.step.length : walked) + turn * (event.shiftKey ? 5 : 1)));
    });
    view.canvas.addEventListener("blur", quiet);

    return {
      /** @param {Map<string, any>} parts */
      draw(parts) {
        const fresh = parts.get("plane");
        if (!fresh || fresh === part) return;
        part = fresh;
        const { values } = part.arrays;
        let lowest = Infinity;
        for (const value of values) if (Number.isFinite(value)) lowest = Math.min(lowest, value);
        relief.set(values, values.shape[0], Number.isFinite(lowest) ? lowest : 0);
        legend.set(number(lowest, 2), "", number(lowest + relief.scale.high, 2), "loss (log)");
        which.show(planeOf(part.meta));
        const { along, middle } = part.meta;
        share.textContent = along === null ? "○ start, nothing walked yet" : `○ start ● now · ${percent(along)} of the path lies in this plane`;
        kit.note?.(`loss ${number(middle)} here`);
        view.paint();
        words.update(() => `Loss ${number(middle)} at the present weights; the plane's lowest is ${number(lowest, 2)}, its highest ${number(lowest + relief.scale.high, 2)}. ${along === null ? "" : `${percent(along)} of the path of ${part.arrays.step.length} places lies in it.`}`);
      },
      resize() { if (part) view.redraw(); },
      unmount() { legend.unmount(); view.unmount(); root.remove(); },
    };
  },
};
