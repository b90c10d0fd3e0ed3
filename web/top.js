/** The head of the page: its name, where I am, what can be done with the whole. */
import { html } from "htm/preact";
import { show } from "./dialogs/dialog.js";
import { Icon } from "./icons.js";
import { TwinButton } from "./lanes/twin.js";
import { write } from "./shelf/address.js";
import { follow, here } from "./shelf/where.js";
import { lab } from "./store.js";
import { present, presenting, switchTheme, theme } from "./theme.js";

/** The page's mark: the gradient. */
const Mark = () => html`<svg class="mark" viewBox="0 0 26 26" width="26" height="26" aria-hidden="true"><rect width="26" height="26" rx="7" /><path d="M7.5 8.5h11L13 18z" /></svg>`;

export function Brand() {
  const inLab = here.value.lab !== null;
  const home = (/** @type {MouseEvent} */ event) => follow(event, null);
  return html`<div class="brand" data-lab=${inLab}>${inLab ? html`<a class="home" href=${write(null)} aria-label="All labs" title="All labs" onClick=${home}><${Mark} /></a>` : html`<${Mark} />`}
    <h1>Neural Playground</h1>
    ${inLab && html`<nav class="where" aria-label="Where you are"><a href=${write(null)} onClick=${home}>Labs</a>${lab.value && html`<span aria-hidden="true">/</span><span class="where-lab" aria-current="page">${lab.value.title}</span>`}</nav>`}</div>`;
}

export function Whole() {
  const dark = theme.value === "dark";
  return html`<nav class="whole" aria-label="Page">
    ${here.value.lab !== null && html`<${TwinButton} />
    <button type="button" class="button" onClick=${() => show("panels")}>Panels</button>
    <button type="button" class="button" onClick=${() => show("share")}>Share</button>`}
    <button type="button" class="button present-button" aria-pressed=${presenting.value ? "true" : "false"} onClick=${() => present(!presenting.value)}>${presenting.value ? "End" : "Present"}</button>
    <button type="button" class="icon-button" aria-label=${dark ? "Light page" : "Dark page"} title=${dark ? "Light page" : "Dark page"} onClick=${switchTheme}><${Icon} name=${dark ? "sun" : "moon"} /></button>
    <button type="button" class="icon-button keys-button" aria-label="Keys" title="Keys (?)" onClick=${() => show("keys")}><span aria-hidden="true">?</span></button>
  </nav>`;
}
