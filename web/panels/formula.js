/** One neuron or one weight with its present numbers: forward, backward as a product, and what a small move really does. */
import { fixed, number, pretty, whole } from "../kit/format.js";
import { layerTitle, measurable } from "../kit/parts.js";
import { styles } from "../kit/style.js";
import { element, every, summary, write } from "../kit/text.js";
import { figuresShared, strongest } from "./parts/terms.js";

styles(`
@container (min-width: 50rem) { .formula-panel { font-size: 1.3em; --text-small: 1.1rem; --text-least: 1rem; } .fx-value { font-size: 1.5rem; } }
.formula-box { height: 100%; container-type: inline-size; }
.formula-panel { height: 100%; overflow: auto; display: grid; align-content: start; gap: 0.55rem; font-variant-numeric: tabular-nums; }
.fx-row { display: flex; flex-wrap: wrap; align-items: stretch; gap: 0.25rem 0.4rem; }
.fx-title { font-size: var(--text-small, 0.857rem); color: var(--ink-2); margin: 0; flex-basis: 100%; }
.fx-box { display: grid; grid-template-rows: auto auto; min-width: 5.2rem; padding: 0.2rem 0.5rem; border: 1px solid var(--line); border-left: 4px solid var(--line-strong, var(--line)); border-radius: 6px; text-align: right; }
.fx-box.is-positive { border-left-color: var(--positive); }
.fx-box.is-negative { border-left-color: var(--negative); }
.fx-box.is-result { background: var(--paper); font-weight: 600; }
.fx-value { font-size: 1.15rem; white-space: nowrap; }
.fx-name { font-size: var(--text-least, 0.786rem); color: var(--ink-2); font-weight: 400; white-space: nowrap; text-align: left; }
.fx-sign { align-self: center; color: var(--ink-2); font-size: 1.1rem; }
.fx-note { font-size: var(--text-small, 0.857rem); color: var(--ink-2); margin: 0; }
.fx-check b { font-weight: 600; color: var(--ink); }
.fx-check.is-off b { color: var(--warn-ink, var(--warn)); }
`);

const MOST = 5;                          // terms of a sum that are written out

const plain = (/** @type {any} */ layer) => layer.kind === "dense";
/** What makes a network another one, whose numbers these are not. @param {any} state */
const network = (state) => JSON.stringify([state?.layers, state?.data?.version]);

export default {
  name: "formula",
  title: "Formula",
  about: "Any neuron or weight with its numbers for one example: what it computes, how much it is to blame, and what the loss does when it is moved a little.",
  fits: (/** @type {any} */ state) => measurable(state, "chain"),
  /** @param {any} state @param {any} options */
  wants: (state, options) => {
    // What was chosen may be gone: its layer, or a neuron of it.
    const at = state.layers.find((/** @type {any} */ one) => plain(one) && one.name === (options.layer ?? one.name));
    const there = at && (options.unit ?? 0) < at.outputs && (options.source ?? 0) < at.inputs;
    const { layer = null, unit = 0, source = 0 } = there ? options : {};
    return [{ key: "chain", probe: "chain", options: { layer, unit, source, example: options.example ?? 0 }, rate: 4 }];
  },

  /** @param {HTMLElement} host @param {any} kit */
  mount(host, kit) {
    const root = element("div", { class: "formula-panel" });
    const outer = element("div", { class: "formula-box" }, root);
    host.append(outer);
    const pick = {
      layer: /** @type {HTMLSelectElement} */ (element("select", { class: "small-select", "aria-label": "Layer" })),
      unit: /** @type {HTMLSelectElement} */ (element("select", { class: "small-select", "aria-label": "Neuron" })),
      input: /** @type {HTMLSelectElement} */ (element("select", { class: "small-select", "aria-label": "Weight" })),
    };
    const bar = element("div", { class: "panel-bar" }, element("label", { class: "inline" }, pick.layer), element("label", { class: "inline" }, "neuron ", pick.unit),
      element("label", { class: "inline" }, "weight of ", pick.input));
    const forward = row("Forward: what it computes"), backward = row("Backward: the blame is a product"), arriving = row("The blame that arrives is a sum");
    const check = element("p", { class: "fx-note fx-check" });
    const note = element("p", { class: "fx-note" });
    root.append(bar, forward.node, backward.node, arriving.node, check, note);
    const words = summary(root);
    const rarely = every(120);
    /** @type {any} */
    let chain = null;
    /** @type {any} */
    let state = kit.state.peek?.() ?? null;

    function forget() {
      chain = null;
      bar.hidden = true;                 // its lists have nothing in them before the first numbers
      for (const line of [forward, backward, arriving]) line.set([]);
      check.replaceChildren();
      write(note, "Waiting for its first numbers, which are exact ones (float64).");
      words.update(() => note.textContent ?? "");
    }
    forget();
    let shown = network(state);
    const stopLooking = kit.state.subscribe((/** @type {any} */ now) => {
      if (network(now) === shown) return;
      shown = network(now);
      state = now;
      forget();
    });

    /** @param {Record<string, any>} more */
    function go(more) { kit.options.value = { ...kit.options.value, ...more }; }
    pick.layer.addEventListener("change", () => go({ layer: pick.layer.value, unit: 0, source: 0 }));
    pick.unit.addEventListener("change", () => go({ unit: Number(pick.unit.value) }));
    pick.input.addEventListener("change", () => go({ source: Number(pick.input.value) }));
    // What is pressed in the network is what is explained here.
    const stop = kit.selected?.subscribe((/** @type {any} */ spot) => {
      if (spot && spot.layer !== "input") go({ layer: spot.layer, unit: spot.unit, source: spot.input ?? 0 });
    });

    /** @param {HTMLSelectElement} select @param {[string, string][]} entries @param {string} chosen */
    function fill(select, entries, chosen) {
      const now = JSON.stringify(entries);
      if (select.dataset.entries !== now) {
        select.dataset.entries = now;
        select.replaceChildren(...entries.map(([value, label]) => element("option", { value }, label)));
      }
      if (document.activeElement !== select || !select.value) select.value = chosen;
    }

    function menus() {
      const layers = state?.layers ?? [];
      const at = layers.find((/** @type {any} */ layer) => layer.name === chain.layer);
      fill(pick.layer, chain.layers.map((/** @type {string} */ name) => [name, layerTitle(name, layers)]), chain.layer);
      fill(pick.unit, Array.from({ length: Math.min(512, at?.outputs ?? 1) }, (_, k) => [String(k), whole(k + 1)]), String(chain.unit));
      const names = inputNames();
      fill(pick.input, [...names.map((/** @type {string} */ name, /** @type {number} */ k) => /** @type {[string, string]} */ ([String(k), name])), ...(chain.bias === null ? [] : [/** @type {[string, string]} */ (["-1", "the bias"])])], String(chain.source ?? 0));
    }

    /** @returns {string[]} */
    const inputNames = () => (chain?.input_names ?? []).map(pretty);

    function show() {
      if (!chain) return;
      bar.hidden = false;
      menus();
      const name = chain.source === -1 ? "1, for the bias" : inputNames()[chain.source] ?? "its input";
      showForward();
      const result = chain.product ?? chain.blame;
      backward.set([
        ...(chain.x !== undefined && chain.product !== undefined ? [box(chain.x, name), "×"] : []),
        ...(chain.last ? [box(chain.blame, lossSlope())] : [box(chain.slope, `slope ${chain.activation}′(z)`), "×", box(chain.arriving, "blame that arrives")]),
        "=", box(result, chain.product === undefined ? "blame of z" : "∂L/∂w", true)]);
      const { next_weights: weights, next_blame: blame } = chain.arrays;
      if (weights?.length) {
        const some = strongest(weights, blame, MOST);
        const left = weights.length - some.length;
        arriving.set([...some.flatMap((k, place) => [...(place ? ["+"] : []), box(weights[k] * blame[k], `${fixed(weights[k], 2)} × ${fixed(blame[k], 3)}`)]),
          ...(left ? [`+ ${whole(left)} more`] : []), "=", box(chain.arriving, "weight × blame of the next layer", true)]);
      } else arriving.set([]);
      if (chain.numeric === undefined) write(check, "Without a bias nothing here can be moved alone; choose a weight.");
      else {
        const same = figuresShared(chain.analytic, chain.numeric);
        check.classList.toggle("is-off", same < 4 && Math.abs(chain.analytic - chain.numeric) > 1e-9);
        check.replaceChildren(element("span", {}, `Moved by ±${number(chain.epsilon, 1)}, the loss changes at a rate of `), element("b", {}, number(chain.numeric, 6)),
          element("span", {}, `; backpropagation says `), element("b", {}, number(chain.analytic, 6)), element("span", {}, same >= 5 ? " ✓ the same to 5 figures and more." : ` (${whole(same)} figures agree).`));
      }
      write(note, `Example ${whole(chain.row + 1)}, one of ${whole(chain.batch_rows)} in the next batch; its loss is ${number(chain.loss)}.${chain.batch === undefined ? "" : ` Over the whole batch the mean gradient is ${number(chain.batch)}.`}`);
      words.update(() => `${layerTitle(chain.layer, state?.layers ?? [])}, neuron ${chain.unit + 1}: z is ${number(chain.z)}, a is ${number(chain.a)}, the gradient ${number(result)}.`);
    }

    function showForward() {
      const { inputs, weights } = chain.arrays;
      const names = inputNames();
      const some = strongest(weights, inputs, MOST);
      const left = weights.length - some.length;
      const bent = chain.activation && chain.activation !== "linear";
      forward.set([...some.flatMap((k, place) => [...(place ? ["+"] : []), box(weights[k] * inputs[k], `${fixed(weights[k], 2)} × ${fixed(inputs[k], 2)} (${names[k]})`)]),
        ...(left ? [`+ ${whole(left)} more`] : []), ...(chain.bias === null ? [] : ["+", box(chain.bias, "bias")]), "=", box(chain.z, "z", true),
        ...(bent ? ["→", box(chain.a, `a = ${chain.activation}(z)`, true)] : [])]);
    }

    function lossSlope() {
      return /cross_entropy/.test(chain.loss_name) ? "p − y, the loss's slope" : "slope of the loss";
    }

    return {
      /** @param {Map<string, any>} parts @param {any} next */
      draw(parts, next) {
        if (next) state = next;
        const fresh = parts.get("chain");
        if (fresh) chain = { ...fresh.meta, arrays: fresh.arrays };
        rarely(show);
      },
      unmount() { stop?.(); stopLooking(); outer.remove(); },
    };
  },
};

/** A titled line of boxes and signs. Boxes are kept where they stay, so that nothing jumps. @param {string} title */
function row(title) {
  const line = element("div", { class: "fx-row" });
  const head = element("p", { class: "fx-title" }, title);
  let shape = "";
  /** @type {any[]} */
  let nodes = [];
  return {
    node: line,
    /** @param {(string | {value: number, name: string, result: boolean})[]} things */
    set(things) {
      line.hidden = !things.length;
      const now = things.map((thing) => (typeof thing === "string" ? thing : thing.result ? "R" : "B")).join();
      if (now !== shape) {
        shape = now;
        nodes = things.map((thing) => (typeof thing === "string" ? element("span", { class: "fx-sign" }, thing)
          : element("span", { class: "fx-box" }, element("span", { class: "fx-value" }), element("span", { class: "fx-name" }))));
        line.replaceChildren(head, ...nodes);
      }
      things.forEach((thing, k) => {
        if (typeof thing === "string") return;
        write(nodes[k].firstChild, number(thing.value));
        write(nodes[k].lastChild, thing.name);
        nodes[k].className = `fx-box${thing.result ? " is-result" : ""}${thing.value > 0 ? " is-positive" : thing.value < 0 ? " is-negative" : ""}`;
      });
    },
  };
}

/** @param {number} value @param {string} name @param {boolean} [result] */
const box = (value, name, result = false) => ({ value, name, result });
