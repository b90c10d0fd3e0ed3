/** The twin: the same start, one thing changed. Its button in the head, and the dialog that asks for the one thing. */
import { useSignal } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";
import { ChoiceField } from "../controls/choice.js";
import { NumberField } from "../controls/number.js";
import { shownSettings } from "../controls/rail.js";
import { GROUPS } from "../controls/schema.js";
import { Dialog, dialog, show } from "../dialogs/dialog.js";
import { connection, state } from "../store.js";
import { said } from "./difference.js";
import { shownRun, several } from "./runs.js";
import { ownRuns, endTwin, startTwin } from "./twinning.js";

/** @typedef {import("../controls/schema.js").Setting} Setting */

export function TwinButton() {
  const on = several.value && !ownRuns();
  const off = connection.value !== "open" || !state.value;
  return html`<button type="button" class="button twin-button" disabled=${off} aria-pressed=${on ? "true" : "false"}
    title=${on ? "Go on with the run that is shown, alone" : "Train a second network beside this one: the same start, one thing different"}
    onClick=${() => on ? endTwin() : show("twin")}>${on ? "End twin" : "Twin"}</button>`;
}

/** What a dialog can ask for in one line. @param {Setting} setting */
const askable = ({ kind, path, knob, options }) => ["number", "integer", "boolean", "dataset"].includes(kind) || path === "model.activation"
  || ((kind === "thing" || kind === "choice") && (options?.length ?? knob.choices?.length ?? 0) > 1);

/** Where the dialog starts: what is changed most often comes first. */
const USUAL = ["optimizer.learning_rate", "optimizer.name"];

export function TwinDialog() {
  return html`<${Dialog} name="twin" title=${several.value ? "One more run" : "Twin"}>${dialog.value === "twin" && html`<${Ask} />`}<//>`;
}

function Ask() {
  const all = shownSettings().filter(askable);
  const path = useSignal(USUAL.find((one) => all.some((setting) => setting.path === one)) ?? all[0]?.path ?? "");
  const wanted = useSignal(/** @type {any} */ (undefined)), trouble = useSignal(""), busy = useSignal(false);
  const setting = all.find((one) => one.path === path.value);
  const field = useRef(/** @type {HTMLSelectElement|null} */ (null));
  useEffect(() => { field.current?.focus(); }, []);
  if (!setting) return html`<p>There is nothing here that a twin could have otherwise.</p>`;
  const value = wanted.value === undefined ? suggestion(setting) : wanted.value;
  const same = JSON.stringify(value) === JSON.stringify(setting.value);
  const begin = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (same || busy.value) return;
    busy.value = true;
    trouble.value = "";
    try {
      await startTwin(setting, value);
      show(null);
    } catch (error) {
      trouble.value = /** @type {Error} */ (error).message;
    }
    busy.value = false;
  };
  return html`<form class="twin" onSubmit=${begin}>
    <p>Both begin with the same weights, the same data and the same order of examples, and train step by step together. One thing is different:</p>
    <label class="twin-what"><span class="field-name">Change</span>
      <select ref=${field} class="select" value=${path.value} onChange=${(/** @type {Event} */ event) => {
        path.value = /** @type {HTMLSelectElement} */ (event.currentTarget).value;
        wanted.value = undefined;
        trouble.value = "";
      }}>${Object.entries(GROUPS).map(([name, title]) => {
        const members = all.filter(({ group }) => group === name);
        return members.length > 0 && html`<optgroup key=${name} label=${title}>${members.map((one) => html`<option key=${one.path} value=${one.path}>${one.title}</option>`)}</optgroup>`;
      })}</select></label>
    <div class="twin-value"><${Value} key=${path.value} setting=${setting} value=${value} onValue=${(/** @type {any} */ next) => { wanted.value = next; trouble.value = ""; }} /></div>
    ${trouble.value && html`<p class="field-error" role="alert">${trouble.value}</p>`}
    <div class="twin-foot"><p class="twin-sum">${shownRun.value?.label ? html`<b>${said(setting.value, setting)}</b> beside <b>${same ? "…" : said(value, setting)}</b>` : ""}</p>
      <button type="submit" class="button button-main" disabled=${same || busy.value}>${several.value ? "Add the run" : "Start the twin"}</button></div>
  </form>`;
}

/** The control of the rail, for a value that is nowhere yet. @param {{setting: Setting, value: any, onValue: (value: any) => void}} props */
function Value({ setting, value, onValue }) {
  const mine = { ...setting, value, path: `twin.${setting.path}`, effect: /** @type {const} */ ("live") };
  if (setting.kind === "number" || setting.kind === "integer") return html`<${NumberField} setting=${mine} onValue=${onValue} />`;
  if (setting.kind === "boolean") {
    const all = [{ name: true, title: "On", sentence: "" }, { name: false, title: "Off", sentence: "" }];
    return html`<${ChoiceField} setting=${{ ...mine, options: all }} onValue=${onValue} />`;
  }
  return html`<${ChoiceField} setting=${mine} onValue=${onValue} />`;
}

/** A change that can be seen: three times as much, the next choice, the other way round. @param {Setting} setting */
function suggestion({ kind, value, knob, options }) {
  if (kind === "boolean") return !value;
  if (kind === "number" || kind === "integer") {
    const now = value ?? knob.default ?? knob.low ?? 0;
    const more = now === 0 ? (knob.scale === "log" ? Math.max(knob.low ?? 0, 0.001) || 0.001 : (knob.high ?? 1) / 2) : now * (knob.scale === "log" ? 10 : 2);
    const tidy = kind === "integer" ? Math.round(more) : Number(more.toPrecision(3));
    return knob.high !== null && tidy > knob.high ? Number((now / 2).toPrecision(3)) : tidy;
  }
  const names = options?.map(({ name }) => name) ?? knob.choices ?? [];
  const present = Array.isArray(value) ? value[0] : value;
  return names[(names.indexOf(present) + 1) % Math.max(1, names.length)];
}
