/** Switches, texts, and features to tick: the plain kinds of settings. */
import { html } from "htm/preact";
import { change } from "../commands.js";
import { Segments } from "./choice.js";
import { Field, idOf } from "./field.js";

/** @typedef {import("./schema.js").Setting} Setting */

/** On or off; where "as usual" is allowed (null) it is the third choice. @param {{setting: Setting, quietEffect?: string}} props */
export function SwitchField({ setting, quietEffect }) {
  const id = idOf(setting);
  if (setting.knob.optional) {
    const all = [{ value: null, title: "Auto" }, { value: true, title: "On" }, { value: false, title: "Off" }];
    return html`<${Field} setting=${setting} group=${true} quietEffect=${quietEffect}>
      <${Segments} name=${id} label=${setting.title} all=${all} shown=${all} value=${setting.value}
        onValue=${(/** @type {any} */ value) => change({ [setting.path]: value })} /><//>`;
  }
  return html`<${Field} setting=${setting} labelFor=${id} quietEffect=${quietEffect} value=${html`<input type="checkbox" role="switch" class="switch"
    id=${id} checked=${setting.value} onChange=${(/** @type {Event} */ event) =>
      change({ [setting.path]: /** @type {HTMLInputElement} */ (event.currentTarget).checked })} />`} />`;
}

/** Whatever this page has no better control for, as text; the server says whether it fits. @param {{setting: Setting, quietEffect?: string}} props */
export function TextField({ setting, quietEffect }) {
  const id = idOf(setting);
  const plain = typeof setting.value === "string";
  const text = plain ? setting.value : JSON.stringify(setting.value ?? null);
  const take = (/** @type {Event} */ event) => {
    const typed = /** @type {HTMLInputElement} */ (event.currentTarget).value;
    let value = /** @type {any} */ (typed);
    if (!plain) {
      try { value = JSON.parse(typed); } catch { /* the server says what it expected instead */ }
    }
    change({ [setting.path]: value });
  };
  return html`<${Field} setting=${setting} labelFor=${id} quietEffect=${quietEffect}>
    <input class="text" type="text" id=${id} value=${text} spellcheck=${false} autocomplete="off" onChange=${take} /><//>`;
}

/** Any number of several, at least one: inputs the network is shown. @param {{setting: Setting, quietEffect?: string, all: string[]}} props */
export function TicksField({ setting, quietEffect, all }) {
  const chosen = /** @type {string[]} */ (setting.value ?? all);
  const toggle = (/** @type {string} */ name) => {
    const next = all.filter((one) => one === name ? !chosen.includes(one) : chosen.includes(one));
    if (next.length) change({ [setting.path]: next });
  };
  return html`<${Field} setting=${setting} group=${true} quietEffect=${quietEffect} value=${`${chosen.length} of ${all.length}`}>
    <div class="ticks">${all.map((name) => html`<button type="button" key=${name} class="tick" aria-pressed=${chosen.includes(name) ? "true" : "false"}
      aria-disabled=${chosen.length === 1 && chosen[0] === name ? "true" : undefined} onClick=${() => toggle(name)}>${pretty(name)}</button>`)}</div>
  <//>`;
}

/** x1^2 as people write it. @param {string} name */
export function pretty(name) {
  return name.replaceAll("^2", "²").replaceAll("^3", "³").replaceAll(/(?<=x)\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)])
    .replaceAll("*", "").replace(/^(sin|cos)\((.*)\)$/, "$1 $2");
}
