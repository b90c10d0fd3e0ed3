/** The learning rate's plan, drawn before it is followed; where training is on it, and the handles that change it. */
import { View, palette } from "../kit/canvas.js";
import { drawAxes, gutter } from "../kit/axes.js";
import { linear, roundUp } from "../kit/scale.js";
import { element, summary } from "../kit/text.js";
import { follow, readout } from "../kit/readout.js";
import { number, whole } from "../kit/format.js";
import { styles } from "../kit/style.js";
import { latest } from "./parts/latest.js";
import { menu, said, slider, titleOf } from "./parts/knobs.js";

styles(`
.plan-panel { height: 100%; container-type: size; position: relative; }
.plan-layout { height: 100%; display: grid; grid-template: minmax(0, 1fr) / minmax(0, 1fr) 13rem; gap: 0.4rem 0.9rem; }
.plan-tools { display: flex; flex-direction: column; gap: 0.35rem; overflow: auto; min-height: 0; padding: 3px; scrollbar-width: thin; }
.plan-tools .small-select { max-width: none; font-weight: 600; }
@container (max-width: 34rem) {
  .plan-layout { grid-template: minmax(11rem, 1fr) auto / minmax(0, 1fr); overflow: auto; }
  .plan-tools { overflow: visible; }
}
@media (max-width: 759px) {
  .panel[data-panel="schedule"] .panel-body { height: 34rem; }
  .panel[data-panel="schedule"] .plan-layout { overflow: visible; }
}
`);

export default {
  name: "schedule",
  title: "Rate schedule",
  about: "How the learning rate will change with the steps. The line is the plan, the thick part is done, the ring is now.",
  fits: (/** @type {any} */ state) => Boolean(state.config?.schedule),
  wants: (/** @type {any} */ state) => [{ key: "plan", probe: "schedule", options: {}, rate: 4 },
    ...(state.config?.schedule?.name === "reduce_on_plateau" ? [{ key: "curves", probe: "curves", options: {}, rate: 4 }] : [])],

  /** @param {HTMLElement} host @param {any} kit */
  mount(host, kit) {
    const stage = element("div", { class: "stack-stage" });
    const tools = element("div", { class: "plan-tools" });
    const root = element("div", { class: "plan-panel" }, element("div", { class: "plan-layout" }, stage, tools));
    host.append(root);
    const view = new View(stage, { draw, label: "Learning rate over the steps. Left and right arrow keys read it.", focusable: true });
    const box = readout(stage);
    const words = summary(root);
    const send = latest(async (/** @type {Record<string, any>} */ changes) => { try { await kit.command("set", { changes }); } catch { /* it is told by the page */ } });
    /** @type {any} */
    let plan = null;
    let now = 0;
    let key = "";
    let reading = -1;
    /** @type {Map<string, {show: (value: number) => void}>} */
    let sliders = new Map();
    /** What was really used, where nothing can be planned. @type {number[][]} */
    let used = [];

    /** @param {any} state */
    function build(state) {
      const { schedule, optimizer } = state.config;
      const record = kit.catalog?.schedules?.find((/** @type {any} */ one) => one.name === schedule.name);
      const next = JSON.stringify([schedule.name, optimizer.name, Boolean(record)]);
      if (next !== key && record) {
        key = next;
        sliders = new Map();
        tools.replaceChildren(menu("Schedule", kit.catalog.schedules, schedule.name, (name) => send({ "schedule.name": name })));
        const rate = kit.catalog.optimizers.find((/** @type {any} */ one) => one.name === optimizer.name)?.knobs.learning_rate;
        if (rate) add("optimizer.learning_rate", "learning rate", rate, optimizer.learning_rate);
        for (const [name, knob] of Object.entries(record.knobs)) add(`schedule.${name}`, titleOf(name, /** @type {any} */ (knob)), knob, schedule[name]);
      }
      for (const [path, one] of sliders) {
        const [section, name] = path.split(".");
        if (typeof state.config[section][name] === "number") one.show(state.config[section][name]);
      }
    }

    /** @param {string} path @param {string} name @param {any} knob @param {number} value */
    function add(path, name, knob, value) {
      const made = slider(name, knob, value, (next) => send({ [path]: next }));
      sliders.set(path, made);
      tools.append(made.node);
    }

    function scales() {
      const room = gutter(view.text, true);
      room.left = Math.round(view.text * 4.2);
      const area = { x: room.left, y: room.top, width: Math.max(1, view.width - room.left - room.right), height: Math.max(1, view.height - room.top - room.bottom) };
      let top = 0;
      for (const rate of plan.arrays.rate) top = Math.max(top, rate);
      const high = roundUp(top * 1.04);
      return { area, high, last: plan.meta.last, x: linear([0, plan.meta.last], [area.x, area.x + area.width]), y: linear([0, high], [area.y + area.height, area.y]) };
    }

    function draw() {
      if (!plan) return;
      const colors = palette();
      const { context, text } = view;
      const { area, high, last, x, y } = scales();
      drawAxes(view, colors, area, { x: [0, last], y: [0, high], xName: "step", yName: "learning rate η", grid: true });
      context.save();
      context.beginPath();
      context.rect(area.x - 1, area.y - text, area.width + 2, area.height + text + 2);
      context.clip();
      if (plan.meta.known) {
        line(Infinity, 1.6, [5, 4], colors.css.ink2);
        line(now, 3, [], colors.css.ink);
      } else {
        context.beginPath();
        used.forEach(([step, rate], index) => { if (index) context.lineTo(x(step), y(used[index - 1][1])); context.lineTo(x(step), y(rate)); });
        context.lineWidth = 3;
        context.strokeStyle = colors.css.ink;
        context.stroke();
      }
      const rate = rateAt(now);
      for (const [width, color] of /** @type {[number, string][]} */ ([[5, colors.css.panel], [2.4, colors.css.ink]])) {
        context.beginPath();
        context.arc(x(now), y(rate), text * 0.5, 0, 7);
        context.lineWidth = width;
        context.strokeStyle = color;
        context.stroke();
      }
      if (reading >= 0) {
        context.fillStyle = colors.css.ink2;
        context.fillRect(Math.round(x(reading)), area.y, 1, area.height);
      }
      context.restore();

      /** @param {number} until @param {number} width @param {number[]} dash @param {string} color */
      function line(until, width, dash, color) {
        const { step, rate: rates } = plan.arrays;
        context.beginPath();
        for (let at = 0; at < step.length && step[at] <= until; at += 1) context.lineTo(x(step[at]), y(rates[at]));
        if (Number.isFinite(until)) context.lineTo(x(until), y(rateAt(until)));
        context.setLineDash(dash);
        context.lineWidth = width;
        context.lineJoin = "round";
        context.strokeStyle = color;
        context.stroke();
        context.setLineDash([]);
      }
    }

    /** The planned rate at a step, between two that are told. @param {number} wanted */
    function rateAt(wanted) {
      if (!plan.meta.known) return used.length ? used[used.length - 1][1] : plan.meta.base;
      const { step, rate } = plan.arrays;
      let at = 0;
      while (at + 1 < step.length && step[at + 1] <= wanted) at += 1;
      if (at + 1 >= step.length) return rate[at];
      const share = (wanted - step[at]) / (step[at + 1] - step[at]);
      return rate[at] + (rate[at + 1] - rate[at]) * Math.max(0, Math.min(1, share));
    }

    /** @param {number} step */
    function read(step) {
      reading = Math.max(0, Math.min(plan.meta.last, step));
      const { x, y } = scales();
      const lines = [`η = ${number(rateAt(reading))}`, `step ${whole(reading)}${plan.meta.known ? "" : ", not known before"}`];
      box.show(x(reading), Math.min(y(rateAt(reading)), view.height - 60), lines);
      view.redraw();
      return lines.join(" at ");
    }
    const quiet = () => { reading = -1; box.hide(); view.redraw(); };
    follow(view.canvas, { move: (px) => { if (plan) read(scales().x.invert(px)); }, leave: quiet });
    view.canvas.addEventListener("keydown", (event) => {
      const turn = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!turn || !plan) return;
      event.preventDefault();
      event.stopPropagation();
      kit.announce?.(read((reading < 0 ? now : reading) + (turn * plan.meta.last) / (event.shiftKey ? 8 : 40)));
    });
    view.canvas.addEventListener("blur", quiet);

    return {
      /** @param {Map<string, any>} parts @param {any} state */
      draw(parts, state) {
        build(state);
        const fresh = parts.get("plan"), curves = parts.get("curves");
        if (curves) {
          if (curves.meta.reset) used = [];
          curves.arrays.step.forEach((/** @type {number} */ step, /** @type {number} */ at) => {
            while (used.length && used[used.length - 1][0] >= step) used.pop();
            used.push([step, curves.arrays.learning_rate[at]]);
          });
        }
        if (fresh) { plan = fresh; now = fresh.step ?? state.step; }
        if (!plan) return;
        view.paint();
        kit.note?.(plan.meta.known ? `η = ${said(rateAt(now))} at step ${whole(now)}` : `${plan.meta.title} looks at the loss: it cannot be drawn before`);
        words.update(() => `${plan.meta.title}: the learning rate is ${number(rateAt(now))} at step ${whole(now)}${plan.meta.known ? ` and will be ${number(rateAt(plan.meta.last))} at step ${whole(plan.meta.last)}` : ""}.`);
      },
      resize() { view.redraw(); },
      unmount() { view.unmount(); root.remove(); },
    };
  },
};
