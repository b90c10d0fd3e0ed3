/** The runs above the stage: who they are, how they differ, how they do; a press shows one, and those that may change can. */
import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";
import { show as showDialog } from "../dialogs/dialog.js";
import { Icon } from "../icons.js";
import { number, whole } from "../kit/format.js";
import { LANES } from "../kit/lanes.js";
import { write } from "../kit/text.js";
import { place } from "../popover.js";
import { listeners, subscriptions } from "../stage.js";
import { announce, lab } from "../store.js";
import { complain } from "../commands.js";
import { named } from "./named.js";
import { arrange, runs, several, show, shownIndex, shownRun } from "./runs.js";
import { Swatch } from "./swatch.js";

/** Whether people may add, name and remove runs here. */
export const open = () => lab.value?.controls?.runs !== "fixed";

/** The newest loss of each run, written straight into its chip. @type {Map<string, HTMLElement>} */
const places = new Map();
const OWNER = "lanes";

export function Lanes() {
  const list = runs.value, many = several.value;
  const ids = list.map(({ id }) => id).join();
  useEffect(() => {
    if (!many) return undefined;
    subscriptions.set(OWNER, list.map(({ id }, i) => ({ key: id, probe: "curves", rate: 4, run: i ? id : undefined })));
    listeners.set(OWNER, (rounds) => {
      for (const parts of rounds) for (const [id, part] of parts) tell(id, part);
    });
    return () => {
      listeners.delete(OWNER);
      subscriptions.set(OWNER, []);
    };
  }, [ids, many]);
  if (!many) return null;
  const { title, list: names } = named.value;
  return html`<div class="lanes">
    <span class="lanes-title" title=${title ? `The runs differ in one thing: ${title}` : undefined}>${title || "Runs"}</span>
    <div class="lanes-list" data-many=${list.length > 3} role="radiogroup" aria-label=${title ? `Runs, which differ in: ${title}` : "Runs"} onKeyDown=${arrows}>
      ${list.map((run, i) => html`<${Chip} key=${run.id} run=${run} index=${i} value=${names[i]?.value} name=${names[i]?.name} />`)}</div>
    ${open() && html`<${More} key=${shownRun.value?.id} /><button type="button" class="quiet-button lanes-add" disabled=${list.length >= LANES} onClick=${() => showDialog("twin")}
      title=${list.length >= LANES ? `There are ${LANES} runs already` : "The same start, one thing different"}><${Icon} name="plus" />Run</button>`}
  </div>`;
}

/** @param {string} id @param {import("../frames.js").Part} part */
function tell(id, part) {
  const loss = part.arrays.loss_train, node = places.get(id);
  if (!node || !loss?.length) return;
  const value = loss[loss.length - 1];
  write(node, Number.isFinite(value) ? number(value) : "–");
}

/** @param {KeyboardEvent} event */
function arrows(event) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const all = /** @type {HTMLElement[]} */ ([.../** @type {HTMLElement} */ (event.currentTarget).querySelectorAll("[role=radio]")]);
  const at = all.indexOf(/** @type {HTMLElement} */ (event.target));
  if (!step || at < 0) return;
  event.preventDefault();
  event.stopPropagation();
  const to = (at + step + all.length) % all.length;
  all[to].focus();
  show(runs.peek()[to].id);
}

/** @param {{run: import("./runs.js").Lane, index: number, value: string, name: string}} props */
function Chip({ run, index, value, name }) {
  const mine = shownRun.value?.id === run.id;
  const loss = useRef(/** @type {HTMLElement|null} */ (null));
  useEffect(() => {
    if (loss.current) places.set(run.id, loss.current);
    return () => { places.delete(run.id); };
  }, [run.id, Boolean(run.divergence)]);
  return html`<div class="lane-chip" data-shown=${mine} data-diverged=${Boolean(run.divergence)} title=${value && !name.includes(value) ? value : undefined}>
    <button type="button" role="radio" aria-checked=${mine ? "true" : "false"} tabindex=${mine ? 0 : -1} class="lane-pick" onClick=${() => show(run.id)}>
      <${Swatch} index=${index} /><span class="lane-name">${name}</span>
      ${run.divergence ? html`<span class="lane-broken"><${Icon} name="warn" />broke at ${whole(run.divergence.step ?? run.step)}</span>`
        : html`<span class="only-read">loss</span><b class="lane-loss" ref=${loss}>–</b>`}</button>
  </div>`;
}

/** Naming and removing the run that is shown, on a small card. */
function More() {
  const run = shownRun.value, first = shownIndex.value === 0, name = named.value.list[shownIndex.value]?.name ?? "";
  const button = useRef(/** @type {HTMLElement|null} */ (null)), card = useRef(/** @type {HTMLElement|null} */ (null));
  const unfold = () => {
    card.current?.showPopover();
    if (card.current && button.current) place(card.current, button.current);
  };
  const become = async (/** @type {import("./runs.js").Lane[]} */ list, /** @type {string} */ words) => {
    card.current?.hidePopover();
    try {
      await arrange(list);
      announce(words);
    } catch (error) { complain(error); }
  };
  const rename = (/** @type {Event} */ event) => {
    const label = /** @type {HTMLInputElement} */ (event.currentTarget).value.trim();
    if (run && label && label !== run.label) become(runs.peek().map((one) => one.id === run.id ? { ...one, label } : one), `Now called ${label}.`);
  };
  if (!run) return null;
  return html`<button type="button" class="icon-button lane-more" ref=${button} aria-haspopup="dialog" aria-label=${`Name or remove ${name}`} title=${`Name or remove ${name}`} onClick=${unfold}><${Icon} name="more" /></button>
    <div class="card lane-card" popover="auto" ref=${card} role="dialog" aria-label=${`The run ${name}`}>
      <label class="lane-rename"><span class="field-name">Name</span><input class="text" type="text" maxlength="40" value=${run.label} onChange=${rename} /></label>
      ${!first && html`<button type="button" class="button" onClick=${() => become(runs.peek().filter(({ id }) => id !== run?.id), `${name} is removed.`)}>Remove this run</button>`}
    </div>`;
}
