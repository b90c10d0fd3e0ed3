/** Own data: drop, choose or paste a table; see what was found; answer what is unclear; use it. */
import { html } from "htm/preact";
import { Segments } from "../controls/choice.js";
import { whole } from "../controls/scale.js";
import { pick } from "../files.js";
import { Icon } from "../icons.js";
import { answers, busy, give, report, startOver, takeFile, takeText, text, trouble, use, named } from "../owndata.js";
import { Dialog } from "./dialog.js";

export function OwnDataDialog() {
  return html`<${Dialog} name="own-data" title="Your own data" wide=${true}>
    ${text.value ? html`<${Found} />` : html`<${Bring} />`}
    ${trouble.value && html`<div class="banner" role="alert"><${Icon} name="warn" /><p class="banner-words">${trouble.value}</p></div>`}
  <//>`;
}

function Bring() {
  const choose = async () => {
    const file = await pick(".csv,.tsv,.txt,text/csv");
    if (file) takeFile(file);
  };
  const over = (/** @type {DragEvent} */ event, /** @type {boolean} */ on) => {
    event.preventDefault();
    /** @type {HTMLElement} */ (event.currentTarget).dataset.over = String(on);
  };
  const drop = (/** @type {DragEvent} */ event) => {
    over(event, false);
    const file = event.dataTransfer?.files[0];
    if (file) takeFile(file); else takeText(event.dataTransfer?.getData("text/plain") ?? "");
  };
  return html`<p>A table with one example a row: numbers or words, and one column to predict. Commas, semicolons or tabs; it stays on this machine.</p>
    <div class="drop" onDragOver=${(/** @type {DragEvent} */ event) => over(event, true)} onDragLeave=${(/** @type {DragEvent} */ event) => over(event, false)} onDrop=${drop}>
      <p>Drop a CSV file here, or</p><button type="button" class="button button-main" onClick=${choose}>Choose a file …</button></div>
    <label class="field-name" for="pasted">Or paste it</label>
    <textarea id="pasted" class="text pasted" rows="6" spellcheck=${false} placeholder=${"width,height,kind\n1.2,0.4,leaf\n0.3,1.9,stem"}
      onChange=${(/** @type {Event} */ event) => { const { value } = /** @type {HTMLTextAreaElement} */ (event.currentTarget); if (value.trim()) takeText(value); }}
      onPaste=${(/** @type {ClipboardEvent} */ event) => { const pasted = event.clipboardData?.getData("text/plain"); if (pasted?.includes("\n")) { event.preventDefault(); takeText(pasted); } }}></textarea>`;
}

function Found() {
  const found = report.value;
  return html`<div class="found-head"><p><b>${named.value}</b>${found && html`: ${whole(found.rows)} rows, ${found.columns.length} columns`}</p>
      <button type="button" class="button" onClick=${startOver}>Another table</button></div>
    ${found && found.columns.length > 0 && html`<${Columns} />`}
    ${found?.questions.map((one) => html`<${Ask} key=${one.field} question=${one} />`)}
    ${found && found.notes.length > 0 && html`<ul class="notes">${found.notes.map((note) => html`<li key=${note}>${note}</li>`)}</ul>`}
    ${found && !found.refused && html`<div class="found-foot"><p>${found.classes.length ? `Tells ${found.classes.length} classes of “${found.target}” apart` : `Estimates “${found.target}”`} from ${whole(found.rows_used)} rows.</p>
      <button type="button" class="button button-main" disabled=${busy.value} onClick=${use}>Train on it</button></div>`}`;
}

/** The columns with a few of their cells; one is to be predicted, the ticked ones are shown to the network. */
function Columns() {
  const found = /** @type {import("../owndata.js").Report} */ (report.value);
  const inputs = answers.value.inputs ?? found.inputs;
  const tick = (/** @type {string} */ name) => {
    const next = found.columns.map((one) => one.name).filter((one) => one === name ? !inputs.includes(one) : inputs.includes(one));
    if (next.length) give("inputs", next);
  };
  return html`<div class="table-frame" tabindex="0" role="region" aria-label="Columns of the table"><table class="columns">
    <thead><tr><th scope="col">Column</th><th scope="col">holds</th><th scope="col">for example</th><th scope="col">missing</th><th scope="col">input</th><th scope="col">predict</th></tr></thead>
    <tbody>${found.columns.map((one) => html`<tr key=${one.name}><th scope="row">${one.name}</th><td>${one.kind}</td><td class="examples">${one.examples.join(", ")}</td><td>${one.missing || ""}</td>
      <td><input type="checkbox" aria-label=${`Show ${one.name} to the network`} disabled=${one.name === found.target} checked=${one.name !== found.target && inputs.includes(one.name)} onChange=${() => tick(one.name)} /></td>
      <td><input type="radio" name="target" aria-label=${`Predict ${one.name}`} checked=${one.name === found.target} onChange=${() => { answers.value = { ...answers.value, inputs: undefined }; give("target", one.name); }} /></td></tr>`)}</tbody></table></div>`;
}

/** @param {{question: import("../owndata.js").Question}} props */
function Ask({ question }) {
  const all = question.choices.map((one) => ({ value: one, title: String(one) }));
  const value = answers.value[question.field] ?? question.suggestion;
  return html`<fieldset class="ask"><legend>${question.question}</legend>
    ${all.length && all.length <= 6 ? html`<${Segments} name=${`ask-${question.field}`} label=${question.question} all=${all} shown=${all} value=${value} onValue=${(/** @type {any} */ chosen) => give(question.field, chosen)} />`
      : html`<select class="select" aria-label=${question.question} value=${value} onChange=${(/** @type {Event} */ event) => give(question.field, /** @type {HTMLSelectElement} */ (event.currentTarget).value)}>
        ${all.map((one) => html`<option key=${one.value} value=${one.value} selected=${one.value === value}>${one.title}</option>`)}</select>`}</fieldset>`;
}
