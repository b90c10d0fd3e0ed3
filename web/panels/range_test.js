/** Which learning rate? A copy of the network trains for a moment with one that grows from tiny to huge. */
import { View, palette } from "../kit/canvas.js";
import { element, summary } from "../kit/text.js";
import { arrowStep, follow, readout } from "../kit/readout.js";
import { number } from "../kit/format.js";
import { roundDown, roundUp } from "../kit/scale.js";
import { styles } from "../kit/style.js";
import { rateAxes, logScale } from "./parts/rate-axis.js";

styles(`
.range-panel { height: 100%; display: grid; grid-template: auto minmax(0, 1fr) auto / minmax(0, 1fr); gap: 0.3rem; position: relative; }
.range-run { font-weight: 600; }
.range-legend { min-height: 1.2em; white-space: pre-wrap; }
`);

const LOW = 1e-4, HIGH = 100, STEPS = 120;

export default {
  name: "range_test",
  title: "Range test",
  about: "A copy of the network trains with a rate that grows from step to step; the run itself waits. A tenth of the rate at the lowest loss is a good first try.",
  fits: () => true,
  wants: () => [],

  /** @param {HTMLElement} host @param {any} kit */
  mount(host, kit) {
    const bar = element("div", { class: "panel-bar" });
    const stage = element("div", { class: "stack-stage" });
    const legend = element("div", { class: "legend range-legend" });
    const root = element("div", { class: "range-panel" }, bar, stage, legend);
    host.append(root);
    const view = new View(stage, { draw, label: "Loss over the learning rate. Left and right arrow keys choose a rate.", focusable: true });
    const box = readout(stage);
    const words = summary(root);
    const test = element("button", { type: "button", class: "toggle range-run", onclick: run }, "Run the test");
    const use = element("button", { type: "button", class: "quiet", disabled: true, onclick: () => {
      kit.command("set", { changes: { "optimizer.learning_rate": chosen } }).then(() => kit.announce?.(`Learning rate ${number(chosen)}`), () => {});
    } }, "Use it");
    bar.append(test, use);
    /** @type {any} */
    let part = null;
    let chosen = 0;
    let busy = false;
    let gone = false;

    async function run() {
      if (busy) return;
      busy = true;
      test.disabled = true;
      test.textContent = "Training the copy …";
      try {
        const found = await kit.measure("range_test", { low: LOW, high: HIGH, steps: STEPS });
        if (gone) return;
        part = found;
        const { suggested, lowest, broken } = part.meta;
        choose(Number(suggested.toPrecision(2)));
        legend.textContent = "— smoothed loss   · each batch   ┆ lowest at, and a tenth of it   ◆ chosen";
        kit.note?.(`suggested η = ${number(suggested, 2)}`);
        const said = `The loss is lowest at a rate of ${number(lowest, 2)}${broken ? ` and breaks out at ${number(broken, 2)}` : ""}; suggested: ${number(suggested, 2)}.`;
        words.update(() => said);
        kit.announce?.(said);
      } catch (error) {
        kit.note?.(/** @type {Error} */ (error).message);
      } finally {
        busy = false;
        test.disabled = false;
        test.textContent = part ? "Run it again" : "Run the test";
      }
    }

    /** @param {number} rate */
    function choose(rate) {
      const { rate: rates } = part.arrays;
      chosen = Number(Math.max(rates[0], Math.min(10, rates[rates.length - 1], rate)).toPrecision(2));
      use.disabled = false;
      use.textContent = `Use η = ${number(chosen, 2)}`;
      view.redraw();
    }

    function area() {
      const { text } = view;
      return { x: Math.round(text * 3.6), y: Math.round(text * 1.7), width: Math.max(1, view.width - text * 5), height: Math.max(1, view.height - text * 3.7) };
    }

    /** Heights that hold the curve but not the blast at its end. */
    function span() {
      const start = part.arrays.smooth[0];
      let low = Infinity, high = 0;
      for (const value of part.arrays.smooth) if (Number.isFinite(value) && value > 0) { low = Math.min(low, value); high = Math.max(high, value); }
      for (const value of part.arrays.loss) if (Number.isFinite(value) && value > 0) low = Math.min(low, value);
      return /** @type {[number, number]} */ ([roundDown(low * 0.8), roundUp(Math.min(high, start * 5) * 1.05)]);
    }

    const scaleX = () => { const a = area(); return logScale([LOW, HIGH], [a.x, a.x + a.width]); };

    function draw() {
      const colors = palette();
      const { context, text } = view;
      if (!part) {
        context.font = view.font(text * 1.1);
        context.fillStyle = colors.css.ink2;
        context.textAlign = "center";
        context.textBaseline = "middle";
        context.fillText("Loss against learning rate:", view.width / 2, view.height / 2 - text);
        context.fillText("run the test to measure it.", view.width / 2, view.height / 2 + text * 0.6);
        return;
      }
      const a = area();
      const [low, high] = span();
      const { x, y } = rateAxes(view, colors, a, { x: [LOW, HIGH], y: [low, high], logY: true, xName: "η", yName: "loss" });
      const { rate, loss, smooth } = part.arrays;
      context.save();
      context.beginPath();
      context.rect(a.x, a.y, a.width, a.height);
      context.clip();
      context.fillStyle = colors.css.faint;
      for (let at = 0; at < rate.length; at += 1) if (loss[at] > 0) { context.beginPath(); context.arc(x(rate[at]), y(loss[at]), 1.8, 0, 7); context.fill(); }
      context.beginPath();
      for (let at = 0; at < rate.length; at += 1) if (Number.isFinite(smooth[at])) context.lineTo(x(rate[at]), y(smooth[at]));
      context.lineWidth = 2.2;
      context.lineJoin = "round";
      context.strokeStyle = colors.css.ink;
      context.stroke();
      context.setLineDash([3, 4]);
      context.lineWidth = 1.4;
      context.strokeStyle = colors.css.ink2;
      for (const value of [part.meta.lowest, part.meta.suggested]) {
        context.beginPath();
        context.moveTo(x(value), a.y);
        context.lineTo(x(value), a.y + a.height);
        context.stroke();
      }
      context.setLineDash([]);
      context.lineWidth = 2;
      context.strokeStyle = colors.css.accent;
      context.beginPath();
      context.moveTo(x(chosen), a.y);
      context.lineTo(x(chosen), a.y + a.height);
      context.stroke();
      context.restore();
      context.fillStyle = colors.css.accent;
      context.beginPath();
      context.moveTo(x(chosen), a.y + a.height - 7);
      context.lineTo(x(chosen) + 6, a.y + a.height);
      context.lineTo(x(chosen), a.y + a.height + 7);
      context.lineTo(x(chosen) - 6, a.y + a.height);
      context.fill();
    }

    /** The smoothed loss at a rate. @param {number} rate */
    function lossAt(rate) {
      const { rate: rates, smooth } = part.arrays;
      let best = 0;
      for (let at = 0; at < rates.length; at += 1) if (Math.abs(Math.log(rates[at] / rate)) < Math.abs(Math.log(rates[best] / rate))) best = at;
      return smooth[best];
    }
    const lines = (/** @type {number} */ rate) => [`η = ${number(rate, 2)}`, `loss ${number(lossAt(rate))}`];
    follow(view.canvas, {
      move: (px, py) => { if (part) box.show(px, py, lines(scaleX().invert(px))); },
      tap: (px) => { if (part) choose(scaleX().invert(px)); },
      drag: (px) => { if (part) choose(scaleX().invert(px)); },
      leave: () => box.hide(),
    });
    view.canvas.addEventListener("keydown", (event) => {
      const moved = part && arrowStep(event);
      if (!moved) return;
      choose(chosen * 10 ** ((moved[0] + moved[1]) / 20) * (moved[0] + moved[1] > 0 ? 1.02 : 0.98));
      kit.announce?.(lines(chosen).join(", "));
    });

    return {
      draw() {},
      resize() { view.redraw(); },
      unmount() { gone = true; view.unmount(); root.remove(); },
    };
  },
};
