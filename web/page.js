/** The page's own parts around the stage, and the phone's sheet with the settings. */
import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";
import { signal } from "@preact/signals";
import { Rail } from "./controls/rail.js";
import { KeysDialog } from "./dialogs/keys.js";
import { OwnDataDialog } from "./dialogs/own-data.js";
import { PanelsDialog } from "./dialogs/panels.js";
import { ShareDialog } from "./dialogs/share.js";
import { Coach } from "./guide/coach.js";
import { Guide, guideOpen } from "./guide/column.js";
import { Icon } from "./icons.js";
import { Lanes } from "./lanes/chips.js";
import { TwinDialog } from "./lanes/twin.js";
import { Banners, Lines, Ready } from "./notices.js";
import { Shelf } from "./shelf/shelf.js";
import { here } from "./shelf/where.js";
import { startStage } from "./stage.js";
import { presenting } from "./theme.js";
import { Brand, Whole } from "./top.js";
import { Transport } from "./transport.js";

/** Whether the settings are open, where there is no room for them beside the stage. */
export const sheet = signal(false);

export function Page() {
  return here.value.lab === null ? html`<${Home} />` : html`<${LabPage} />`;
}

function Home() {
  return html`<button type="button" class="skip" onClick=${() => document.getElementById("stage")?.focus()}>To the labs</button>
    <header class="top top-shelf"><${Brand} /><${Whole} /></header><${Shelf} /><${Lines} /><${KeysDialog} />`;
}

function LabPage() {
  return html`<button type="button" class="skip" onClick=${() => document.getElementById("stage")?.focus()}>To the panels</button>
    <header class="top"><${Brand} /><${Transport} /><${Whole} /></header>
    <${Settings} />
    <main class="stage-frame" id="stage" tabindex="-1"><${Banners} /><${Lanes} /><${Stage} /><${Ready} /></main>
    <${Guide} />
    <${Lines} /><${ShareDialog} /><${PanelsDialog} /><${KeysDialog} /><${OwnDataDialog} /><${TwinDialog} />`;
}

function Stage() {
  const element = useRef(/** @type {HTMLElement|null} */ (null));
  useEffect(() => element.current ? startStage(element.current) : undefined, []);
  return html`<div class="stage" ref=${element}></div>`;
}

function Settings() {
  const open = sheet.value;
  return html`<aside class="rail" id="settings" aria-label="Settings" data-open=${open} hidden=${presenting.value && !open}>
      <header class="sheet-head"><h2>Settings</h2><button type="button" class="icon-button" aria-label="Close the settings" onClick=${() => { sheet.value = false; }}><${Icon} name="close" /></button></header>
      <${Rail} />${!guideOpen.value && html`<${Coach} free />`}</aside>
    <button type="button" class="sheet-button" aria-expanded=${open ? "true" : "false"} aria-controls="settings" onClick=${() => { sheet.value = !open; }}><${Icon} name="sliders" /><span>Settings</span></button>`;
}
