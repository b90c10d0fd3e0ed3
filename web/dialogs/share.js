/** Share: a link, what students see, and everything that goes to a file or comes from one. */
import { useSignal } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";
import { shownSettings } from "../controls/rail.js";
import { GROUPS } from "../controls/schema.js";
import { fetchFile, pick, send } from "../files.js";
import { Icon } from "../icons.js";
import { savePicture } from "../picture.js";
import { copy, hindrance, makeLink } from "../share.js";
import { announce, config, hiddenControls, state, tell } from "../store.js";
import { whole } from "../kit/format.js";
import { Dialog, show } from "./dialog.js";

export function ShareDialog() {
  return html`<${Dialog} name="share" title="Share">
    <${LinkPart} /><${SavePart} /><${OpenPart} />
  <//>`;
}

function LinkPart() {
  const hide = useSignal(hiddenControls.peek()), link = useSignal(""), copied = useSignal(""), standing = useSignal(true);
  const step = state.value?.step ?? 0;
  const field = useRef(/** @type {HTMLInputElement|null} */ (null));
  const stopped = hindrance();
  useEffect(() => {
    let here = true;
    copied.value = "";
    if (!stopped) makeLink(hide.value, standing.value).then((text) => { if (here) link.value = text; }, (error) => tell(error.message, { level: "warning" }));
    return () => { here = false; };
  }, [hide.value, config.value, standing.value, step]);
  const press = async () => {
    if (!field.current) return;
    copied.value = await copy(field.current) ? "Copied" : "Press Ctrl+C";
    announce(copied.value);
  };
  if (stopped) return html`<section><h3>A link</h3><p>${stopped}</p></section>`;
  return html`<section><h3>A link to this setting</h3>
    <p>Whoever opens it gets the same data, the same network and the same numbers.</p>
    ${step > 0 && html`<fieldset class="link-from"><legend class="only-read">What the link opens</legend>
      ${[[true, `As it stands, at step ${whole(step)}`], [false, "From the start"]].map(([value, title]) => html`<label key=${title} class="check check-small"><input type="radio" name="link-from"
        checked=${standing.value === value} onChange=${() => { standing.value = /** @type {boolean} */ (value); }} /><span>${title}</span></label>`)}</fieldset>`}
    <div class="copy-row"><input ref=${field} class="text" readonly aria-label="Link" value=${link.value} onFocus=${(/** @type {FocusEvent} */ event) => /** @type {HTMLInputElement} */ (event.currentTarget).select()} />
      <button type="button" class="button button-main copy-button" onClick=${press}>${copied.value || "Copy"}</button></div>
    <${Hiding} hide=${hide} />
  </section>`;
}

/** @param {{hide: import("@preact/signals").Signal<string[]>}} props */
function Hiding({ hide }) {
  const all = shownSettings();
  const toggle = (/** @type {string} */ path) => {
    hide.value = hide.value.includes(path) ? hide.value.filter((one) => one !== path) : [...hide.value, path];
  };
  return html`<details class="rest hiding"><summary><${Icon} name="down" />Choose what students see${hide.value.length > 0 && html`<span class="effect">${hide.value.length} hidden</span>`}</summary>
    <p class="field-note">Settings without a tick are not there for whoever opens the link.</p>
    <div class="hiding-groups">${Object.entries(GROUPS).map(([name, title]) => html`<fieldset key=${name}><legend class="group-title">${title}</legend>
      ${all.filter(({ group }) => group === name).map(({ path, title }) => html`<label key=${path} class="check check-small"><input type="checkbox"
        checked=${!hide.value.includes(path)} onChange=${() => toggle(path)} /><span>${title}</span></label>`)}</fieldset>`)}</div>
  </details>`;
}

/** Runs what a button does and tells what went wrong. @param {() => Promise<any>} act */
const safely = (act) => async () => {
  try { await act(); } catch (error) { tell(/** @type {Error} */ (error).message, { level: "warning" }); }
};

function SavePart() {
  const files = [["setting", "Setting", "everything above, as a file"], ["weights", "Weights", "as NumPy npz"], ["history", "History", "the curves as CSV"], ["pytorch", "PyTorch script", "the same model and training"]];
  return html`<section><h3>Save to a file</h3><div class="file-grid">
    ${files.map(([what, title, text]) => html`<button type="button" key=${what} class="file-button" onClick=${safely(() => fetchFile(what))}><b>${title}</b><span>${text}</span></button>`)}
    <button type="button" class="file-button" onClick=${safely(savePicture)}><b>Picture</b><span>the stage as PNG</span></button>
  </div></section>`;
}

function OpenPart() {
  const open = safely(async () => {
    const file = await pick(".json,application/json");
    if (!file) return;
    await send("api/import/setting", file);
    show(null);
    tell(`Opened ${file.name}.`);
  });
  const weights = safely(async () => {
    const file = await pick(".npz");
    if (!file) return;
    await send("api/import/weights", file);
    show(null);
    tell(`The weights of ${file.name} are in the network now.`);
  });
  return html`<section><h3>Open a file</h3><div class="button-row">
    <button type="button" class="button" onClick=${open}>Setting …</button>
    <button type="button" class="button" onClick=${weights}>Weights …</button></div></section>`;
}

