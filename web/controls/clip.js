/** Gradient clipping: off, by the norm of all together, or by each value, with its limit. */
import { html } from "htm/preact";
import { change } from "../commands.js";
import { Segments } from "./choice.js";
import { Field, idOf } from "./field.js";
import { NumberField } from "./number.js";

/** @param {{setting: import("./schema.js").Setting, quietEffect?: string}} props */
export function ClipField({ setting, quietEffect }) {
  const knobs = /** @type {Record<string, import("./schema.js").Knob>} */ (/** @type {any} */ (setting.knob).knobs);
  const how = setting.value ? Object.keys(setting.value)[0] : null;
  const all = [{ value: /** @type {string|null} */ (null), title: "Off" }, ...Object.keys(knobs).map((name) => ({ value: name, title: name === "norm" ? "By norm" : "By value" }))];
  const limit = how && { ...setting, path: `clip.${how}`, title: knobs[how].title, symbol: knobs[how].symbol, help: knobs[how].help,
    kind: "number", knob: knobs[how], value: setting.value[how] };
  return html`<${Field} setting=${setting} group=${true} quietEffect=${quietEffect}>
      <${Segments} name=${idOf(setting)} label=${setting.title} all=${all} shown=${all} value=${how}
        onValue=${(/** @type {string|null} */ name) => change({ clip: name && { [name]: knobs[name].default } })} /><//>
    ${limit && html`<${NumberField} setting=${limit} quietEffect=${quietEffect} onValue=${(/** @type {number} */ value) => change({ clip: { [how]: value } })} />`}`;
}
