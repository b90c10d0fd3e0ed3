/** What the page says of itself: getting ready, divergence, lost connections, short lines; and the same for screen readers. */
import { html } from "htm/preact";
import { attempt, change } from "./commands.js";
import { write } from "./controls/scale.js";
import { Icon } from "./icons.js";
import { write as address } from "./shelf/address.js";
import { follow } from "./shelf/where.js";
import { closing, connection, notice, progress, spoken, state } from "./store.js";

/** In place of the stage while there is nothing to draw yet. */
export function Ready() {
  if (state.value) return null;
  const now = progress.value;
  if (closing.value) {
    return html`<div class="ready" role="alert"><p class="ready-title">The playground cannot start</p><p class="ready-words">${closing.value.why}</p>
      <div class="button-row"><button type="button" class="button" onClick=${() => location.reload()}>Try again</button>
        <a class="button" href=${address(null)} onClick=${(/** @type {MouseEvent} */ event) => follow(event, null)}>All labs</a></div></div>`;
  }
  const words = now ? `Compiling ${now.name}` : connection.value === "lost" ? "Waiting for the server" : "Opening the playground";
  return html`<div class="ready" role="status">
    <p class="ready-title">Getting ready</p>
    <p class="ready-words">${words}${now ? html` <span class="ready-count">${counted(now)}</span>` : " …"}</p>
    <progress class="bar" aria-label="Getting ready" max=${now?.total ?? 1} value=${now ? now.done : undefined}></progress>
    <p class="ready-note">${now ? "Only the first start takes this long; what is compiled now is kept." : "\u00a0"}</p>
  </div>`;
}

/** @param {{done: number, total: number}} progress */
const counted = ({ done, total }) => `${Math.min(done + 1, total)} of ${total}`;

/** What needs a person: a rule, an icon and words, never a flood of red. */
export function Banners() {
  const broken = state.value?.divergence;
  return broken ? html`<${Diverged} of=${broken} />` : null;
}

/** @param {string|undefined} text */
const capital = (text) => text && text.charAt(0).toUpperCase() + text.slice(1);

/** @param {{of: import("./store.js").Divergence}} props */
function Diverged({ of }) {
  const rate = state.value?.config.optimizer?.learning_rate;
  const halve = async () => {
    if (await attempt("rewind") !== undefined) change({ "optimizer.learning_rate": rate / 2 });
  };
  return html`<div class="banner" role="alert"><${Icon} name="warn" />
    <div class="banner-words"><b>The training ran away</b>
      <p>${capital(of.message) || `At step ${write(of.step)} ${of.tensor} became ${of.value}.`}</p></div>
    <div class="banner-buttons">
      <button type="button" class="button" onClick=${() => attempt("rewind")}>Go back</button>
      ${typeof rate === "number" && html`<button type="button" class="button" onClick=${halve}>Halve the learning rate</button>`}
    </div></div>`;
}

/** The quiet line at the top right, and what passes. */
export function Lines() {
  const lost = connection.value === "lost" && state.value;
  const now = notice.value, compiling = state.value && progress.value;
  return html`<div class="lines">
    ${compiling && html`<p class="line" role="status"><progress class="bar bar-small" aria-hidden="true" max=${compiling.total} value=${compiling.done}></progress>
      <span>Compiling ${compiling.name} <span class="ready-count">${counted(compiling)}</span></span></p>`}
    ${lost && html`<p class="line" role="status"><span class="line-dot"></span>${closing.value ? `${closing.value.why} The page comes back by itself.` : "Reconnecting … your training is kept."}</p>`}
    ${now && html`<div class=${`line line-${now.level}`} role=${now.level === "info" ? "status" : "alert"}>
      ${now.level !== "info" && html`<${Icon} name="warn" />`}<span>${now.message}</span>
      ${now.action && html`<button type="button" class="quiet-button" onClick=${now.action.run}>${now.action.label}</button>`}
      <button type="button" class="icon-button" aria-label="Close this message" onClick=${() => { notice.value = null; }}><${Icon} name="close" /></button></div>`}
  </div><p class="only-read" aria-live="polite">${spoken.value}</p>`;
}
