/** The hidden layers: add and remove them, how many neurons each has, and how each layer's neurons bend their sum. */
import { html } from "htm/preact";
import { useRef } from "preact/hooks";
import { change } from "../commands.js";
import { Icon } from "../icons.js";
import { announce } from "../store.js";
import { ChoiceField } from "./choice.js";
import { Field } from "./field.js";

/**
 * @typedef {import("./schema.js").Setting} Setting
 * @typedef {import("./schema.js").Thing} Thing
 */

/** More than this is asked for in the link or the file, not by pressing plus. */
const MOST_LAYERS = 12;

/**
 * @param {{setting: Setting, activation?: Setting, quietEffect?: string}} props
 */
export function LayersField({ setting, activation, quietEffect }) {
  const widths = /** @type {number[]} */ (setting.value);
  const each = activation && eachOf(activation.value, widths.length);
  const { low, high } = setting.knob;
  /** @param {number[]} next @param {any[]|undefined} bends */
  const put = (next, bends) => {
    /** @type {Record<string, any>} */
    const changes = { [setting.path]: next };
    if (activation && Array.isArray(activation.value) && bends) changes[activation.path] = alike(bends) && bends.length ? bends[0] : bends;
    change(changes);
  };
  const resize = (/** @type {number} */ layer, /** @type {number} */ width) => {
    if (Number.isInteger(width) && width >= (low ?? 1) && width <= (high ?? Infinity)) put(widths.map((one, i) => i === layer ? width : one), each);
  };
  const remove = (/** @type {number} */ layer) => {
    put(widths.filter((_, i) => i !== layer), each?.filter((_, i) => i !== layer));
    announce(`Layer ${layer + 1} removed, ${widths.length - 1} left.`);
  };
  const add = () => {
    put([...widths, widths.at(-1) ?? 4], each && [...each, each.at(-1) ?? activation?.knob.default]);
    announce(`Layer ${widths.length + 1} added.`);
  };
  const total = widths.reduce((sum, width) => sum + width, 0);
  return html`<${Field} setting=${setting} group=${true} quietEffect=${quietEffect} value=${`${total} neurons`}>
    <ol class="layers">
      ${widths.map((width, layer) => html`<li key=${layer} class="layer">
        <span class="layer-name" aria-hidden="true">${layer + 1}</span>
        <${Stepper} label=${`Neurons in layer ${layer + 1}`} value=${width} low=${low ?? 1} high=${high ?? 4096} onValue=${(/** @type {number} */ next) => resize(layer, next)} />
        ${each && html`<select class="select" aria-label=${`Activation of layer ${layer + 1}`} value=${each[layer]}
          onChange=${(/** @type {Event} */ event) => bend(activation, each, layer, /** @type {HTMLSelectElement} */ (event.currentTarget).value)}>
          ${activation.options?.map((one) => html`<option key=${one.name} value=${one.name} selected=${one.name === each[layer]}>${one.title}</option>`)}</select>`}
        <button type="button" class="icon-button" aria-label=${`Remove layer ${layer + 1}`} onClick=${() => remove(layer)}><${Icon} name="close" /></button>
      </li>`)}
    </ol>
    ${widths.length === 0 && html`<p class="field-note">No hidden layer: the network can only draw one straight line.</p>`}
    ${widths.length < MOST_LAYERS && html`<button type="button" class="quiet-button" onClick=${add}><${Icon} name="plus" />Add a layer</button>`}
  <//>`;
}

/** One activation for all hidden layers. @param {{setting: Setting, layers: number, wanted?: string[], quietEffect?: string}} props */
export function ActivationField({ setting, layers, wanted, quietEffect }) {
  const each = eachOf(setting.value, layers);
  const mixed = !alike(each);
  const shown = { ...setting, value: each[0] ?? setting.value };
  return html`<${ChoiceField} setting=${shown} wanted=${wanted} quietEffect=${quietEffect} mixed=${mixed}
    onValue=${(/** @type {string} */ name) => change({ [setting.path]: name })} />`;
}

/** @param {Setting} activation @param {string[]} each @param {number} layer @param {string} name */
function bend(activation, each, layer, name) {
  const next = each.map((one, i) => i === layer ? name : one);
  change({ [activation.path]: alike(next) ? name : next });
}

/** @param {any} value one name, or one a layer @param {number} layers @returns {string[]} */
const eachOf = (value, layers) => Array.isArray(value) ? value : Array(Math.max(layers, 1)).fill(value);
/** @param {any[]} all */
const alike = (all) => all.every((one) => one === all[0]);

/** @param {{label: string, value: number, low: number, high: number, onValue: (value: number) => void}} props */
function Stepper({ label, value, low, high, onValue }) {
  const input = useRef(/** @type {HTMLInputElement|null} */ (null));
  return html`<span class="stepper">
    <button type="button" class="icon-button" aria-label=${`${label}: one fewer`} disabled=${value <= low} onClick=${() => onValue(value - 1)}><${Icon} name="minus" /></button>
    <input ref=${input} class="exact" type="text" inputmode="numeric" role="spinbutton" aria-valuenow=${value} aria-valuemin=${low} aria-valuemax=${high}
      aria-label=${label} value=${value} size="3" autocomplete="off"
      onBlur=${() => { if (input.current) { onValue(Number(input.current.value)); input.current.value = String(value); } }}
      onKeyDown=${(/** @type {KeyboardEvent} */ event) => {
        const by = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
        if (by) { event.preventDefault(); onValue(Math.min(high, Math.max(low, value + by))); }
        if (event.key === "Enter") onValue(Number(/** @type {HTMLInputElement} */ (event.currentTarget).value));
      }} />
    <button type="button" class="icon-button" aria-label=${`${label}: one more`} disabled=${value >= high} onClick=${() => onValue(value + 1)}><${Icon} name="plus" /></button>
  </span>`;
}
