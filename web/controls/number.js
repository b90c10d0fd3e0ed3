/** A number: a native slider that stops at the numbers people say, and the exact value to type at its right edge. */
import { html } from "htm/preact";
import { useMemo, useRef } from "preact/hooks";
import { change } from "../commands.js";
import { Field, idOf } from "./field.js";
import { nearest, read, stops, write } from "./scale.js";

/** @typedef {import("./schema.js").Setting} Setting */

/** @param {{setting: Setting, quietEffect?: string, onValue?: (value: number|null) => void}} props */
export function NumberField({ setting, quietEffect, onValue = (value) => change({ [setting.path]: value }) }) {
  const { knob, value } = setting;
  const id = idOf(setting);
  const all = useMemo(() => stops(knob), [knob]);
  // A seed may be any of 2^53 numbers: nothing to slide along.
  const bounded = knob.scale === "log" || (knob.low !== null && knob.high !== null && knob.high - knob.low <= 1e7);
  const field = html`<${Exact} setting=${setting} value=${value} onValue=${onValue} />`;
  if (value === null || !bounded || knob.default === null) {
    return html`<${Field} setting=${setting} labelFor=${`${id}-exact`} value=${field} quietEffect=${quietEffect} />`;
  }
  const at = nearest(all, value);
  return html`<${Field} setting=${setting} labelFor=${id} value=${field} quietEffect=${quietEffect}>
    <input type="range" id=${id} class="slider" min="0" max=${all.length - 1} step="1" value=${at}
      style=${{ "--at": `${(100 * at) / (all.length - 1)}%` }} aria-valuetext=${write(value)}
      onInput=${(/** @type {InputEvent} */ event) => onValue(all[Number(/** @type {HTMLInputElement} */ (event.currentTarget).value)])} />
  <//>`;
}

/**
 * What a person is typing stays in its field until they are done, whatever else redraws the rail meanwhile.
 * @param {string} text what stands there otherwise
 */
export function useTyping(text) {
  const typed = useRef(/** @type {string|null} */ (null));
  return { value: typed.current ?? text, done() { typed.current = null; },
    onInput(/** @type {Event} */ event) { typed.current = /** @type {HTMLInputElement} */ (event.currentTarget).value; } };
}

/** @param {{setting: Setting, value: number|null, onValue: (value: number|null) => void}} props */
function Exact({ setting, value, onValue }) {
  const input = useRef(/** @type {HTMLInputElement|null} */ (null));
  const text = value === null ? "" : write(value, 6);
  const typing = useTyping(text);
  const take = () => {
    if (!input.current) return;
    typing.done();
    const typed = input.current.value.trim();
    if (typed === text) return;
    const number = read(typed);
    if (typed === "" && setting.knob.optional) onValue(null);
    else if (Number.isFinite(number)) onValue(number);
    else input.current.value = text;
  };
  return html`<input ref=${input} class="exact" id=${`${idOf(setting)}-exact`} type="text" inputmode="decimal" autocomplete="off" spellcheck=${false}
    aria-label=${`${setting.title}, exact value`} size=${Math.max(4, text.length)} value=${typing.value} onInput=${typing.onInput} placeholder=${setting.knob.optional ? "auto" : ""}
    onFocus=${(/** @type {FocusEvent} */ event) => /** @type {HTMLInputElement} */ (event.currentTarget).select()}
    onBlur=${take} onKeyDown=${(/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Enter") take();
      if (event.key === "Escape" && input.current) {
        typing.done();
        input.current.value = text;
      }
    }} />${setting.knob.unit && html`<span class="unit">${setting.knob.unit}</span>`}`;
}
