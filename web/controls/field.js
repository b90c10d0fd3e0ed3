/** What every setting has: its name, what it is, its present value at the right edge, what a change does, what was refused. */
import { html } from "htm/preact";
import { refused } from "../commands.js";
import { What } from "../help.js";
import { effectWords } from "./schema.js";
import { write } from "./scale.js";

/**
 * @typedef {import("./schema.js").Setting} Setting
 * @param {{setting: Setting, value?: any, labelFor?: string, group?: boolean, quietEffect?: string, children: any}} props
 */
export function Field({ setting, value, labelFor, group = false, quietEffect, children }) {
  const error = refused.value[setting.path];
  const id = idOf(setting);
  const head = html`<div class="field-head">
      ${labelFor ? html`<label class="field-name" for=${labelFor}>${setting.title}</label>`
        : html`<span class="field-name" id=${`${id}-name`}>${setting.title}</span>`}
      <${What} help=${helpOf(setting)} />
      ${setting.effect !== quietEffect && setting.effect !== "live" && html`<span class="effect" title=${effectWords(setting.effect)}>
        ${setting.effect === "rebuild" ? "rebuilds" : "at restart"}</span>`}
      <span class="field-value">${value}</span>
    </div>`;
  return html`<div class="field" data-path=${setting.path} role=${group ? "group" : undefined} aria-labelledby=${group ? `${id}-name` : undefined}>
    ${head}${children}
    ${error && html`<p class="field-error" role="alert" id=${`${id}-error`}>${error}</p>`}
  </div>`;
}

/** @param {Setting} setting */
export const idOf = (setting) => `set-${setting.path.replaceAll(".", "-")}`;

/** @param {Setting} setting @returns {import("../help.js").Help} */
export function helpOf(setting) {
  const chosen = setting.options?.find((one) => one.name === setting.value);
  const facts = [`It ${effectWords(setting.effect)}.`];
  const { low, high, default: usual, kind } = setting.knob;
  if ((kind === "number" || kind === "integer") && low !== null && high !== null) {
    facts.unshift(`From ${write(low)} to ${write(high)}, usually ${write(usual)}.`);
  }
  return { title: setting.symbol && !setting.symbol.includes("\\") ? `${setting.title} ${setting.symbol}` : setting.title, text: setting.help, facts,
    more: chosen && { title: chosen.title, text: chosen.sentence },
    formula: setting.formula || (setting.symbol.includes("\\") ? setting.symbol : ""), source: setting.options ? setting.source : "" };
}
