/** The settings beside the stage: groups from the catalog, the lab's choice first, everything else one press away. */
import { html } from "htm/preact";
import { useRef } from "preact/hooks";
import { attempt, pending } from "../commands.js";
import { Icon } from "../icons.js";
import { shownState } from "../lanes/runs.js";
import { catalog, hiddenControls, lab, state } from "../store.js";
import { ChoiceField } from "./choice.js";
import { ClipField } from "./clip.js";
import { DatasetField } from "./dataset.js";
import { ActivationField, LayersField } from "./layers.js";
import { NumberField } from "./number.js";
import { GuideAgain } from "../guide/column.js";
import { guiding } from "../guide/guide.js";
import { Scenes } from "./scenes.js";
import { effectWords, GROUPS, settings } from "./schema.js";
import { SwitchField, TextField, TicksField } from "./simple.js";

/** @typedef {import("./schema.js").Setting} Setting */

/** What is edited in the pictures or elsewhere, and so has no field of its own. */
const ELSEWHERE = new Set(["data.painted", "data.erased", "data.text"]);

/** Every setting that can be shown, also for the dialog that hides some of them. @returns {Setting[]} */
export function shownSettings() {
  const now = shownState.value, all = catalog.value;
  if (!now || !all) return [];
  return settings(all, now.config, now.data).filter(({ path }) => !ELSEWHERE.has(path))
    .map((setting) => setting.path === "model.activation" ? { ...setting, options: all.activations } : setting);
}

/** The value that was asked for while the answer is on its way. @param {Setting} setting */
function asked(setting) {
  const now = pending.value;
  return setting.path in now ? { ...setting, value: now[setting.path] } : setting;
}

export function Rail() {
  const away = [...hiddenControls.value, ...(lab.value?.controls?.hide ?? [])];
  const all = shownSettings().filter(({ path }) => !away.includes(path)).map(asked);
  const now = state.value;
  if (!now || !all.length) return null;
  const groups = Object.entries(GROUPS).map(([name, title]) => html`<${Group} key=${name} title=${title} members=${all.filter(({ group }) => group === name)} all=${all} />`);
  return html`<div class="rail-inner"><${Scenes} />
    ${guiding.value ? html`<${Few} all=${all} /><details class="rest rest-all"><summary><${Icon} name="down" />More settings</summary>${groups}</details>` : groups}
    <div class="rail-foot">
      <button type="button" class="quiet-button" disabled=${!now.can_undo} onClick=${() => attempt("undo")} title="Undo (Ctrl+Z)"><${Icon} name="undo" />Undo</button>
      <button type="button" class="quiet-button" disabled=${!now.can_redo} onClick=${() => attempt("redo")} title="Redo (Ctrl+Shift+Z)"><${Icon} name="redo" />Redo</button>
      <${GuideAgain} />
    </div>
  </div>`;
}

/** What a lab shows at first sight. @returns {string[]} */
function firsts() {
  const controls = lab.value?.controls;
  return (guiding.value ? controls?.first : controls?.free ?? controls?.first) ?? [];
}

/** The few settings a step's eye should fall on. @param {{all: Setting[]}} props */
function Few({ all }) {
  const few = firsts().flatMap((path) => all.filter((one) => one.path === path));
  return few.length ? html`<section class="group" aria-label="Settings of this lab">${few.map((one) => html`<${One} key=${one.path} setting=${one} all=${all} />`)}</section>` : null;
}

/** @param {{title: string, members: Setting[], all: Setting[]}} props */
function Group({ title, members, all }) {
  const first = firsts();
  if (guiding.value) members = members.filter(({ path }) => !first.includes(path));
  if (!members.length) return null;
  const rank = (/** @type {Setting} */ { path }) => first.indexOf(path);
  const front = members.filter((one) => rank(one) >= 0).sort((a, b) => rank(a) - rank(b));
  const rest = members.filter((one) => rank(one) < 0 && !(one.path === "model.activation" && front.some(({ path }) => path === "model.hidden")));
  const effects = new Set(front.map(({ effect }) => effect));
  const common = effects.size === 1 ? [...effects][0] : undefined;
  const show = (/** @type {Setting} */ one) => html`<${One} key=${one.path} setting=${one} all=${all} quietEffect=${common} />`;
  return html`<section class="group" aria-label=${`${title} settings`}>
    <h2 class="group-title">${title}${common && html`<span class="effect" title=${effectWords(common)}>${shortEffect(common)}</span>`}</h2>
    ${front.map(show)}
    ${rest.length > 0 && html`<details class="rest"><summary><${Icon} name="down" />${front.length ? "More" : `${rest.length} settings`}</summary>
      <div class="rest-inner">${rest.map(show)}</div></details>`}
  </section>`;
}

/** @param {import("./schema.js").Effect} effect */
const shortEffect = (effect) => ({ live: "changes while it trains", rebuild: "rebuilds, keeps what fits", restart: "at the next restart" }[effect]);

/**
 * One setting's field, drawn anew only where something of it changed: a slider being dragged must not redraw sixty others.
 * @param {{setting: Setting, all: Setting[], quietEffect?: string}} props
 */
function One({ setting, all, quietEffect }) {
  const kept = useRef({ key: "", catalog: catalog.peek(), drawn: /** @type {any} */ (null) });
  const wanted = lab.value?.controls?.choices?.[setting.path], columns = setting.kind === "columns" ? state.value?.data.columns ?? [] : [];
  const beside = all.filter(({ path }) => path === "model.hidden" || path === "model.activation").map(({ value }) => value);
  const { value, path, kind, effect, title, knob } = setting;
  const key = JSON.stringify([path, value, kind, effect, title, knob, quietEffect, wanted, columns, path.startsWith("model.") ? beside : 0]);
  if (kept.current.key !== key || kept.current.catalog !== catalog.value) {
    kept.current = { key, catalog: catalog.value, drawn: draw(setting, all, quietEffect, wanted, columns) };
  }
  return kept.current.drawn;
}

/** @param {Setting} setting @param {Setting[]} all @param {string|undefined} quietEffect @param {any} wanted @param {string[]} columns */
function draw(setting, all, quietEffect, wanted, columns) {
  const { kind, path } = setting;
  if (path === "model.hidden") {
    return html`<${LayersField} setting=${setting} quietEffect=${quietEffect} activation=${all.find((one) => one.path === "model.activation")} />`;
  }
  if (path === "model.activation") {
    return html`<${ActivationField} setting=${setting} wanted=${wanted} quietEffect=${quietEffect}
      layers=${all.find((one) => one.path === "model.hidden")?.value.length ?? 1} />`;
  }
  if (kind === "dataset") return html`<${DatasetField} setting=${setting} wanted=${wanted} quietEffect=${quietEffect} />`;
  if (kind === "thing" || kind === "choice") return html`<${ChoiceField} setting=${setting} wanted=${wanted} quietEffect=${quietEffect} />`;
  if (kind === "clip") return html`<${ClipField} setting=${setting} quietEffect=${quietEffect} />`;
  if (kind === "boolean") return html`<${SwitchField} setting=${setting} quietEffect=${quietEffect} />`;
  if (kind === "choices") return html`<${TicksField} setting=${setting} quietEffect=${quietEffect} all=${setting.knob.choices} />`;
  if (kind === "columns") return html`<${TicksField} setting=${setting} quietEffect=${quietEffect} all=${columns} />`;
  if (kind === "number" || kind === "integer") return html`<${NumberField} setting=${setting} quietEffect=${quietEffect} />`;
  return html`<${TextField} setting=${setting} quietEffect=${quietEffect} />`;
}
