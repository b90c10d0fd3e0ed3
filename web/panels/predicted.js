/** Predicted against true values: every point on the diagonal would be a perfect answer. */
import { View, palette } from "../kit/canvas.js";
import { drawAxes, gutter } from "../kit/axes.js";
import { drawMarks } from "../kit/marks.js";
import { follow, readout } from "../kit/readout.js";
import { choice, element, summary } from "../kit/text.js";
import { number, pretty } from "../kit/format.js";
import { classNames } from "../kit/parts.js";

export default {
  name: "predicted",
  title: "Predicted and true",
  about: "Each point is one example: its true value across, the network's answer up. The diagonal is a perfect answer.",
  fits: (/** @type {any} */ state) => classNames(state) === null,
  wants: (/** @type {any} */ state, /** @type {any} */ options) => (classNames(state) ? [] : [{ key: "predicted", probe: "predicted", options: { part: options?.part ?? "test" }, rate: 8 }]),

  /** @param {HTMLElement} host @param {any} kit */
  mount(host, kit) {
    const root = element("div", { class: "stack-panel" });
    const stage = element("div", { class: "stack-stage" });
    const foot = element("div", { class: "stack-foot" });
    root.append(stage, foot);
    host.append(root);
    foot.append(choice("Which examples", [{ value: "test", label: "Test" }, { value: "train", label: "Training" }], kit.options?.value?.part ?? "test",
      (part) => { if (kit.options) kit.options.value = { ...kit.options.value, part }; }).node,
      element("span", { class: "legend" }, "line: predicted = true"));
    const view = new View(stage, { draw, label: "Predicted against true values" });
    const reading = readout(stage);
    const words = summary(root);
    /** @type {any} */
    let part = null;
    let box = { x: 0, y: 0, width: 1, height: 1 };
    let [low, high] = [0, 1];
    let places = new Float32Array(0);

    function draw() {
      if (!part) return;
      const colors = palette();
      const { context, text } = view;
      const room = gutter(text, true);
      box = { x: room.left + text, y: room.top, width: view.width - room.left - room.right - text, height: view.height - room.top - room.bottom };
      const { true: truth, predicted } = part.arrays;
      const outputs = truth.shape[1] ?? 1;
      const count = truth.length / outputs;
      let [least, most] = [Infinity, -Infinity];
      for (let row = 0; row < count; row += 1) {
        const value = truth[row * outputs];
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
      // The axes follow the truth alone: wild answers leave the picture instead of shrinking it.
      const space = (most - least || 1) * 0.12;
      [low, high] = Number.isFinite(least) ? [least - space, most + space] : [0, 1];
      const scale = (/** @type {number} */ value) => (value - low) / (high - low);
      drawAxes(view, colors, box, { x: [low, high], y: [low, high], xName: "true", yName: `predicted ${pretty(part.meta.targets?.[0] ?? "")}`, grid: true });
      context.save();
      context.beginPath();
      context.rect(box.x, box.y, box.width, box.height);
      context.clip();
      context.beginPath();
      context.moveTo(box.x, box.y + box.height);
      context.lineTo(box.x + box.width, box.y);
      context.lineWidth = 1.5;
      context.strokeStyle = colors.css.ink;
      context.stroke();
      if (places.length < count * 2) places = new Float32Array(count * 2);
      for (let row = 0; row < count; row += 1) {
        places[row * 2] = box.x + scale(truth[row * outputs]) * box.width;
        places[row * 2 + 1] = box.y + box.height - scale(predicted[row * outputs]) * box.height;
      }
      context.globalAlpha = 0.75;
      drawMarks(context, "circle", places, count, Math.max(2.4, Math.min(5, box.width / 120)), colors.css.positive, colors.css.panel);
      context.restore();
    }

    follow(view.canvas, {
      move(x, y) {
        if (!part) return;
        let [best, found] = [200, -1];
        for (let at = 0; at < part.arrays.true.length * 2 && at + 1 < places.length; at += 2) {
          const away = (places[at] - x) ** 2 + (places[at + 1] - y) ** 2;
          if (away < best) { best = away; found = at / 2; }
        }
        if (found < 0) { reading.hide(); return; }
        const outputs = part.arrays.true.shape[1] ?? 1;
        reading.show(x, y, [`true ${number(part.arrays.true[found * outputs])}`, `predicted ${number(part.arrays.predicted[found * outputs])}`]);
      },
      leave() { reading.hide(); },
    });

    let told = "";
    return {
      /** @param {Map<string, any>} parts */
      draw(parts) {
        const fresh = parts.get("predicted");
        if (!fresh || fresh === part) return;
        part = fresh;
        view.paint();
        const { true: truth, predicted } = part.arrays;
        let sum = 0;
        for (let row = 0; row < truth.length; row += 1) sum += Math.abs(truth[row] - predicted[row]);
        const text = truth.length ? `off by ${number(sum / truth.length, 2)} on average` : "";
        if (text !== told) { told = text; kit.note?.(text); }
        words.update(() => `${truth.length} examples, ${text}.`);
      },
      resize() { view.redraw(); },
      unmount() { view.unmount(); root.remove(); },
    };
  },
};
