/** What one neuron computes for one example, with its numbers; each number can be pressed to change it. */
import { element, every, write } from "../../kit/text.js";
import { fixed, number, pretty, subscript, whole } from "../../kit/format.js";
import { strongest } from "./terms.js";

const MOST_TERMS = 6;

/**
 * @param {HTMLElement} parent @param {any} kit
 * @param {(which: {layer: string, unit: number, input: number | "bias", value: number}, near: HTMLElement) => void} edit
 * @param {(on: boolean) => void} shows called when it appears or goes
 */
export function formulaStrip(parent, kit, edit, shows) {
  const sum = element("div", { class: "formula-line" });
  const out = element("div", { class: "formula-line" });
  const node = element("div", { class: "formula", "aria-live": "off" }, sum, out);
  node.hidden = true;
  parent.append(node);
  /** @type {{layer: string, unit: number} | null} */
  let shown = null;
  let key = "";
  let busy = false;
  const rarely = every(280);
  /** @type {HTMLButtonElement[]} */
  let buttons = [];
  /** @type {number[]} */
  let chosen = [];
  /** @type {any} */
  let last = null;
  let tail = element("span");

  /** The old words stay until the new numbers are here: no empty moment. @param {boolean} on */
  function reveal(on) {
    if (node.hidden !== on) return;
    node.hidden = !on;
    shows(on);
  }

  async function ask() {
    if (!shown || busy) return;
    busy = true;
    const asked = shown;
    try {
      const part = await kit.measure("unit", { layer: asked.layer, unit: asked.unit, example: 0 });
      if (asked === shown && part?.arrays?.weights) fill(part);
    } catch { /* the run is being rebuilt: the next frame asks again */ } finally { busy = false; }
  }

  /** @param {any} part */
  function fill(part) {
    last = part;
    reveal(true);
    const { inputs, weights } = part.arrays;
    const { meta } = part;
    // What comes from a layer is that layer's answers: a₁, a₂, …
    const names = Array.from(inputs, (/** @type {any} */ _, /** @type {number} */ index) => {
      const name = meta.input_names?.[index];
      return !name || /\.\d+$/.test(name) ? subscript("a", index + 1) : pretty(name);
    });
    const next = `${shown?.layer}.${shown?.unit}.${weights.length}`;
    if (next !== key) {
      key = next;
      // The strongest terms say most; which ones they are is settled once, so the line does not jump about.
      chosen = strongest(weights, inputs, weights.length > MOST_TERMS ? MOST_TERMS - 1 : MOST_TERMS);
      buttons = [...chosen, "bias"].map((input) => element("button", { type: "button", class: "term",
        onclick: (/** @type {MouseEvent} */ event) => shown && edit({ ...shown, input: /** @type {any} */ (input),
          value: input === "bias" ? last.meta.bias ?? 0 : last.arrays.weights[input] }, /** @type {HTMLElement} */ (event.currentTarget)) }));
      tail = element("span", { class: "formula-rest" });
      sum.replaceChildren(element("i", {}, "z"), " = ", ...buttons.slice(0, -1), tail, buttons[buttons.length - 1], element("span", { class: "formula-value" }));
    }
    chosen.forEach((input, at) => {
      const weight = weights[input];
      term(buttons[at], weight, `·${names[input]}`, at === 0, `weight of ${names[input]}`);
    });
    const hidden = weights.length - chosen.length;
    write(tail, hidden > 0 ? ` + ${whole(hidden)} more ` : "");
    const bias = buttons[buttons.length - 1];
    bias.hidden = meta.bias === null || meta.bias === undefined;
    term(bias, meta.bias ?? 0, "", false, "bias");
    write(/** @type {Node} */ (sum.lastChild), ` = ${fixed(meta.z, 2)}`);
    const identity = !meta.activation || meta.activation === "linear" || meta.activation === "none";
    write(out, identity ? `a = z = ${fixed(meta.a, 2)}, for the first example` : `a = ${meta.activation}(z) = ${fixed(meta.a, 2)}, for the first example`);
  }

  /** @param {HTMLButtonElement} button @param {number} value @param {string} name @param {boolean} first @param {string} says */
  function term(button, value, name, first, says) {
    const text = `${first ? (value < 0 ? "−" : "") : value < 0 ? "− " : "+ "}${fixed(Math.abs(value), 2)}${name}`;
    write(button, text);
    button.classList.toggle("is-negative", value < 0);
    button.title = `${says} ${number(value)}: press to change it`;
  }

  return {
    node,
    /** @param {{layer: string, unit: number} | null} next */
    async show(next) {
      const same = next && shown && next.layer === shown.layer && next.unit === shown.unit;
      if (same) return;
      shown = next;
      key = "";
      if (next) await ask();
      else reveal(false);
    },
    /** Called with every frame: asks again a few times a second while a neuron is looked at. */
    tick() { if (shown) rarely(() => { ask(); }); },
    /** @returns {Float32Array | null} */
    inputs: () => last?.arrays.inputs ?? null,
    words() { return `${sum.textContent}; ${out.textContent}`; },
  };
}
