/** Softmax as a line of sums: logits, powers of e, probabilities, and what training would change; yours, or a network's own. */
import { View, palette } from "../kit/canvas.js";
import { fixed, number, percent, whole } from "../kit/format.js";
import { styles } from "../kit/style.js";
import { choice, element, every, summary, toggle, write } from "../kit/text.js";
import { fromEnergies, pullProbability, Rows } from "./parts/softmax-rows.js";

styles(`
.softmax-panel { height: 100%; display: grid; grid-template: auto minmax(0, 1fr) auto / minmax(0, 1fr); gap: 0.4rem; }
.panel[data-panel="softmax"] .panel-body { container-type: size; }
.softmax-body { min-height: 0; overflow: auto; display: grid; grid-template: auto minmax(7rem, 1fr) / minmax(0, 1fr); gap: 0.8rem; }
@container (min-width: 50rem) and (max-height: 30rem) { .softmax-body { grid-template: minmax(0, 1fr) / minmax(0, 2.3fr) minmax(0, 1fr); } }
.softmax-curve { position: relative; min-height: 0; }
.softmax-knobs { display: flex; flex-wrap: wrap; gap: 0.3rem 1.1rem; align-items: center; font-size: var(--text-small, 0.857rem); }
.softmax-knob { display: inline-flex; align-items: center; gap: 0.4rem; color: var(--ink-2); white-space: nowrap; }
.softmax-knob input { width: 7rem; accent-color: var(--accent); }
.softmax-knob output { color: var(--ink); font-weight: 600; min-width: 3.2em; font-variant-numeric: tabular-nums; }
.softmax-said { margin: 0; min-height: 2.7em; font-size: var(--text-small, 0.857rem); color: var(--ink-2); font-variant-numeric: tabular-nums; }
.softmax-said b { color: var(--ink); }
@media (max-width: 759px) { .panel[data-panel="softmax"] .panel-body { height: 44rem; } }
.softmax-said.is-broken b { color: var(--warn-ink, var(--warn)); }
`);

const START = [2, 1, 0.1, -1];
/** Log-spaced temperatures. @param {number} place */
const temperatureAt = (place) => Number((10 ** (place / 20)).toPrecision(2));
/** @param {number} value */
const placeOf = (value) => Math.round(20 * Math.log10(value));

export default {
  name: "softmax",
  title: "Softmax",
  about: "Numbers become probabilities: each is raised to a power of e, and divided by the sum of all. Arrows show what training would change: p − y.",
  fits: () => true,
  /** @param {any} _state @param {any} options */
  wants: (_state, options) => (options.live ? [{ key: "softmax", probe: "softmax", options: asked(options), rate: 10 }] : []),

  /** @param {HTMLElement} host @param {any} kit */
  mount(host, kit) {
    const root = element("div", { class: "softmax-panel" });
    const bar = element("div", { class: "panel-bar" });
    const body = element("div", { class: "softmax-body" });
    const knobs = element("div", { class: "softmax-knobs" });
    const said = element("p", { class: "softmax-said" });
    const foot = element("div", {}, knobs, said);
    root.append(bar, body, foot);
    host.append(root);
    const rows = new Rows(body, { change: drag, target: (k) => go({ target: k }) });
    const stage = element("div", { class: "softmax-curve" });
    body.append(stage);
    const view = new View(stage, { draw: drawCurve, label: "The curve e to the x, with a dot for each class" });
    const words = summary(root);
    /** @type {any} */
    let part = null;
    /** @type {any} */
    let state = kit.state.peek?.() ?? null;
    if (!kit.options.peek().logits && !kit.options.peek().live) kit.options.value = { logits: START, temperature: 1, ...kit.options.peek() };
    const options = () => kit.options.peek();
    /** @param {Record<string, any>} more */
    function go(more) { kit.options.value = { ...options(), ...more }; }

    // ---- what is dragged
    const kinds = choice("What you drag", [{ value: "logits", label: "Logits" }, { value: "energies", label: "Energies" }, { value: "probabilities", label: "Probabilities" }],
      options().drag ?? "logits", (drag) => go({ drag }));
    const live = toggle("The network's own", Boolean(options().live), (on) => go({ live: on }), "The logits of the network in training, for one test example");
    const count = element("span", { class: "inline" });
    const fewer = element("button", { type: "button", class: "quiet", "aria-label": "One class fewer", onclick: () => go({ logits: options().logits.slice(0, -1), target: null }) }, "−");
    const more = element("button", { type: "button", class: "quiet", "aria-label": "One class more", onclick: () => go({ logits: [...options().logits, 0] }) }, "+");
    const classes = element("span", { class: "inline" }, count, fewer, more);
    const example = element("input", { type: "number", class: "small-number", min: 1, step: 1, value: 1, "aria-label": "Test example" });
    example.addEventListener("change", () => go({ example: Math.max(0, Math.round(example.valueAsNumber || 1) - 1) }));
    const which = element("label", { class: "inline" }, "test example ", example);
    bar.append(kinds.node, classes, live, which);

    // ---- what stands beside it
    const temperature = knob("Temperature T", -40, 40, 1, (place) => go({ temperature: temperatureAt(place) }));
    const shift = knob("add to all", -120, 120, 1, (value) => go({ shift: value }));
    const smoothing = knob("smoothing", 0, 0.9, 0.05, (value) => go({ smoothing: value }));
    const subtract = toggle("Subtract the maximum", options().subtract ?? true, (on) => go({ subtract: on }), "What every library does before raising e to it");
    const draw = element("button", { type: "button", class: "quiet", onclick: () => go({ draws: !options().draws ? 10 : options().draws >= 10_000 ? 0 : options().draws * 10 }) });
    knobs.append(temperature.node, shift.node, smoothing.node, subtract, draw);

    /** @param {string} name @param {number} min @param {number} max @param {number} step @param {(value: number) => void} set */
    function knob(name, min, max, step, set) {
      const input = element("input", { type: "range", min, max, step, "aria-label": name });
      const out = element("output", {});
      input.addEventListener("input", () => set(input.valueAsNumber));
      return { node: element("label", { class: "softmax-knob" }, name, input, out), input, out };
    }

    /** A bar was dragged. @param {number} k @param {number} value */
    function drag(k, value) {
      const { logits, drag: kind = "logits", temperature: t = 1 } = options();
      const next = kind === "energies" ? fromEnergies(logits, k, value) : kind === "probabilities" ? pullProbability(logits, k, value, t)
        : logits.map((/** @type {number} */ z, /** @type {number} */ j) => (j === k ? value : z));
      go({ logits: next });
    }

    let under = false, again = false;
    async function ask() {
      if (options().live) return;
      if (under) { again = true; return; }
      under = true;
      try { part = await kit.measure("softmax", asked(options())); show(); } catch { /* the run is being rebuilt; the next change asks again */ }
      under = false;
      if (again) { again = false; ask(); }
    }

    function controls() {
      const now = options();
      live.setAttribute("aria-pressed", String(Boolean(now.live)));
      kinds.node.hidden = classes.hidden = Boolean(now.live);
      which.hidden = !now.live;
      kinds.show(now.drag ?? "logits");
      write(count, `${whole(now.logits?.length ?? 0)} classes `);
      fewer.disabled = (now.logits?.length ?? 0) <= 2;
      more.disabled = (now.logits?.length ?? 0) >= 12;
      put(temperature, placeOf(now.temperature ?? 1), number(now.temperature ?? 1, 2));
      put(shift, now.shift ?? 0, fixed(now.shift ?? 0, 0));
      put(smoothing, now.smoothing ?? 0, fixed(now.smoothing ?? 0, 2));
      subtract.setAttribute("aria-pressed", String(now.subtract ?? true));
      write(draw, now.draws ? `Drawn ${whole(now.draws)} times` : "Draw 10 answers");
      live.hidden = !(state?.data?.classes?.length > 1);
    }
    /** @param {any} one @param {number} value @param {string} text */
    function put(one, value, text) {
      if (document.activeElement !== one.input || one.input.valueAsNumber !== value) one.input.value = String(value);
      write(one.out, text);
    }
    const stop = kit.options.subscribe(() => { controls(); ask(); });

    function show() {
      if (!part) return;
      const { arrays, meta } = part;
      rows.show(arrays, meta, options());
      const broken = !meta.finite;
      said.classList.toggle("is-broken", broken);
      said.replaceChildren(...(broken
        ? [element("b", {}, "e to such a power does not fit a float32 (its largest number is 3.4×10³⁸): "), "∞ divided by ∞ is not a number. Subtract the maximum first: it changes no quotient."]
        : [element("b", {}, `The largest is ${percent(meta.largest)}`), `: ${meta.classes[meta.winner]}. Sum of the powers ${number(meta.sum, 4)}, entropy ${fixed(meta.entropy, 3)} nats of at most ${fixed(Math.log(arrays.logits.length), 3)}.`,
          ...(meta.loss === null || meta.loss === undefined ? [] : [` Loss for ${meta.classes[meta.target]}: ${fixed(meta.loss, 3)}.`])]));
      view.redraw();
      words.update(() => Array.from(arrays.probabilities, (/** @type {number} */ p, /** @type {number} */ k) => `${meta.classes[k]} ${percent(p)}`).join(", "));
    }

    function drawCurve() {
      if (!part) return;
      const colors = palette();
      const { context: c, width, height, text } = view;
      const { scaled, powers } = part.arrays;
      const finite = Array.from(scaled).filter(Number.isFinite);
      if (!finite.length) return;
      const high = Math.max(...finite, 0), low = Math.min(...finite, high - 4);
      const from = low - 0.05 * (high - low), to = high + 0.08 * (high - low);
      const top = Math.exp(Math.min(to, 80));
      c.font = `${text}px ${getComputedStyle(stage).fontFamily}`;
      const left = Math.max(text * 3.2, 10 + c.measureText(number(top, 2)).width);
      const box = { x: left, y: text * 1.2, width: width - left - text * 0.8, height: height - text * 3.4 };
      const x = (/** @type {number} */ v) => box.x + (v - from) / (to - from) * box.width;
      const y = (/** @type {number} */ v) => box.y + box.height * (1 - Math.min(1, v / top));
      c.clearRect(0, 0, width, height);
      c.strokeStyle = colors.css.line;
      c.fillStyle = colors.css.ink2;
      c.lineWidth = 1;
      for (const share of [0, 0.5, 1]) {
        const at = y(top * share);
        c.beginPath(); c.moveTo(box.x, at); c.lineTo(box.x + box.width, at); c.stroke();
        c.textAlign = "right"; c.textBaseline = "middle";
        c.fillText(number(top * share, 2), box.x - 5, at);
      }
      c.textAlign = "center"; c.textBaseline = "top";
      for (const v of [from, (from + to) / 2, to]) c.fillText(fixed(v, 1), x(v), box.y + box.height + 5);
      c.textAlign = "left";
      c.fillText("e to the x", box.x + 4, 2);
      c.strokeStyle = colors.css.ink;
      c.lineWidth = 2;
      c.beginPath();
      for (let k = 0; k <= 80; k += 1) {
        const v = from + (to - from) * k / 80;
        if (k) c.lineTo(x(v), y(Math.exp(v))); else c.moveTo(x(v), y(Math.exp(v)));
      }
      c.stroke();
      Array.from(scaled).forEach((v, k) => {
        if (!Number.isFinite(v)) return;
        c.fillStyle = k === part.meta.winner ? colors.css.accent ?? colors.css.ink : colors.css.ink2;
        c.beginPath();
        c.arc(x(v), y(Number.isFinite(powers[k]) ? powers[k] : top), text * 0.38, 0, 7);
        c.fill();
      });
    }

    const rarely = every(60);
    return {
      /** @param {Map<string, any>} parts @param {any} next */
      draw(parts, next) {
        if (next && next !== state) { state = next; controls(); }
        const fresh = parts.get("softmax");
        if (fresh && options().live) { part = fresh; rarely(show); }
      },
      resize() { view.redraw(); },
      unmount() { stop(); view.unmount(); root.remove(); },
    };
  },
};

/** The panel's options as the probe takes them. @param {any} now */
function asked(now) {
  return { logits: now.live ? null : now.logits ?? START, example: now.example ?? 0, temperature: now.temperature ?? 1, shift: now.shift ?? 0, subtract: now.subtract ?? true,
    target: now.live ? null : now.target ?? null, smoothing: now.smoothing ?? 0, draws: now.draws ?? 0 };
}
