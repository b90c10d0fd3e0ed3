/** One of several: a few side by side as radio buttons, all of them with their sentences under "More". */
import { html } from "htm/preact";
import { change } from "../commands.js";
import { Field, idOf } from "./field.js";
import { Menu } from "./menu.js";

/**
 * @typedef {import("./schema.js").Setting} Setting
 * @typedef {import("./menu.js").Choice} Choice
 */

/** How many characters fit side by side in the rail. */
const ROOM = 21;

/**
 * The choices to put side by side: those the lab names, else the first that fit; always the present one.
 * @param {Choice[]} all @param {any} value @param {string[]|undefined} wanted
 */
export function sideBySide(all, value, wanted) {
  if (!wanted && all.length <= 4 && all.reduce((sum, one) => sum + one.title.length + 2, 0) <= ROOM + 8) return all;
  const picked = wanted ? wanted.flatMap((name) => all.find((one) => one.value === name) ?? []) : [];
  if (!wanted) {
    let room = ROOM;
    for (const one of all) if (picked.length < 3 && (room -= one.title.length + 2) >= 0) picked.push(one);
  }
  const present = all.find((one) => one.value === value);
  if (present && !picked.includes(present)) {
    picked.pop();
    while (picked.length && [...picked, present].reduce((sum, one) => sum + one.title.length + 2, 0) > ROOM) picked.pop();
    picked.push(present);
  }
  return picked;
}

/** @param {{setting: Setting, wanted?: string[], quietEffect?: string, onValue?: (value: any) => void, mixed?: boolean}} props */
export function ChoiceField({ setting, wanted, quietEffect, onValue = (value) => change({ [setting.path]: value }), mixed = false }) {
  const all = setting.options
    ? setting.options.map(({ name, title, sentence }) => ({ value: name, title, text: sentence }))
    : setting.knob.choices.map((one) => ({ value: one, title: String(one) }));
  return html`<${Field} setting=${setting} group=${true} quietEffect=${quietEffect} value=${mixed ? html`<span class="mixed">mixed</span>` : null}>
    <${Segments} name=${idOf(setting)} label=${setting.title} all=${all} shown=${sideBySide(all, mixed ? undefined : setting.value, wanted)}
      value=${mixed ? undefined : setting.value} onValue=${onValue} />
  <//>`;
}

/** @param {{name: string, label: string, all: Choice[], shown: Choice[], value: any, onValue: (value: any) => void}} props */
export function Segments({ name, label, all, shown, value, onValue }) {
  return html`<div class="segments">
    ${shown.map((one) => html`<label key=${one.value} class="segment" title=${one.text}>
      <input type="radio" name=${name} checked=${one.value === value} onChange=${() => onValue(one.value)} />
      <span>${one.title}</span></label>`)}
    ${shown.length < all.length && html`<${Menu} className="segment segment-more" label=${`More choices for ${label}: all ${all.length}`} choices=${all}
      value=${value} onChoose=${onValue}>More<//>`}
  </div>`;
}
