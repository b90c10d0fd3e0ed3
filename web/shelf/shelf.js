/** The home page: the labs in teaching order, the last one first, found by typing. */
import { signal } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../icons.js";
import { plural } from "../kit/format.js";
import { announce } from "../store.js";
import { write } from "./address.js";
import { find } from "./find.js";
import { arrows } from "./grid-keys.js";
import { Miniature } from "./miniature.js";
import { of, progress } from "./progress.js";
import { follow } from "./where.js";

/** @typedef {import("./find.js").Entry} Entry */

/** What the server says there is; null before it said anything. @type {import("@preact/signals").Signal<{labs: Entry[], problems: string[]}|null>} */
const there = signal(null);
const typed = signal("");
const trouble = signal(false);

/** Asks until there is an answer; what is known already stays until then. @param {() => boolean} here */
async function ask(here) {
  while (here()) {
    try {
      const response = await fetch(new URL("api/labs", document.baseURI));
      if (!response.ok) throw new Error(`The server answered ${response.status}.`);
      const value = await response.json();
      if (here()) { there.value = value; trouble.value = false; }
      return;
    } catch {
      if (here()) trouble.value = true;
      await new Promise((done) => { setTimeout(done, 2000); });
    }
  }
}

export function Shelf() {
  const field = useRef(/** @type {HTMLInputElement|null} */ (null));
  useEffect(() => {
    let here = true;
    ask(() => here);
    // The slash is where people expect it: into the search.
    const key = (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || /** @type {HTMLElement} */ (event.target).matches("input, textarea, select")) return;
      event.preventDefault();
      field.current?.focus();
    };
    addEventListener("keydown", key);
    return () => { here = false; removeEventListener("keydown", key); };
  }, []);
  const known = there.value;
  return html`<main class="shelf" id="stage" tabindex="-1"><div class="shelf-inner">
    <div class="shelf-head"><div><h2 class="shelf-title">Labs</h2>
      <p class="shelf-lead">Predict, run, explain: each lab trains real networks while you watch.</p></div>
      <${Search} field=${field} /></div>
    ${known ? html`<${Problems} of=${known.problems} /><${Shown} labs=${known.labs} />`
      : html`<p class="shelf-wait" role="status">${trouble.value ? "The server does not answer. Trying again …" : "Looking for the labs …"}</p>`}
  </div></main>`;
}

/** @param {{field: import("preact").RefObject<HTMLInputElement>}} props */
function Search({ field }) {
  const say = () => {
    const count = find(there.value?.labs ?? [], typed.value).length;
    announce(count ? `${plural(count, "lab")} found.` : "No lab found.");
  };
  const key = (/** @type {KeyboardEvent} */ event) => {
    const first = /** @type {HTMLElement|null} */ (document.querySelector(".shelf-cards .lab-link"));
    if (event.key === "Enter") { if (typed.value.trim()) first?.click(); }
    else if (event.key === "ArrowDown") first?.focus();
    else if (event.key === "Escape" && typed.value) typed.value = "";
    else return;
    event.preventDefault();
  };
  return html`<search class="shelf-search"><${Icon} name="search" />
    <input ref=${field} class="text" type="search" aria-label="Find a lab" placeholder="Find a lab" aria-keyshortcuts="/" autocomplete="off" value=${typed.value}
      onInput=${(/** @type {Event} */ event) => { typed.value = /** @type {HTMLInputElement} */ (event.currentTarget).value; say(); }} onKeyDown=${key} /><kbd aria-hidden="true">/</kbd></search>`;
}

/** For whoever writes labs: which file, where, and what is wrong. @param {{of: string[]}} props */
function Problems({ of: problems }) {
  if (!problems.length) return null;
  return html`<div class="banner shelf-problems" role="status"><${Icon} name="warn" />
    <div class="banner-words"><b>${problems.length === 1 ? "One lab could not be read" : `${problems.length} labs could not be read`}</b>
      <ul>${problems.map((words) => html`<li key=${words}>${words}</li>`)}</ul></div></div>`;
}

/** @param {{labs: Entry[]}} props */
function Shown({ labs }) {
  const found = find(labs, typed.value);
  const last = labs.find(({ name }) => name === progress.value.last);
  return html`${last && !typed.value.trim() && html`<${Continue} lab=${last} />`}
    ${found.length ? html`<ol class="shelf-cards" onKeyDown=${arrows}>${found.map((lab) => html`<${Card} key=${lab.name} lab=${lab} number=${labs.indexOf(lab) + 1} />`)}</ol>`
      : html`<p class="shelf-wait">No lab has these words. <button type="button" class="quiet-button" onClick=${() => { typed.value = ""; }}>Show all labs</button></p>`}`;
}

/** @param {{lab: Entry}} props */
function Continue({ lab }) {
  const { done, at } = of(lab.name);
  const where = lab.steps ? at && at <= lab.steps ? `Step ${at} of ${lab.steps}` : `${done.length} of ${lab.steps} steps done` : lab.wonder;
  return html`<a class="continue" href=${write(lab.name)} onClick=${(/** @type {MouseEvent} */ event) => follow(event, lab.name)}>
    <span class="continue-words"><span class="continue-title">Continue: ${lab.title}</span><span class="continue-where">${where}</span></span>
    <${Icon} name="right" /></a>`;
}

/** @param {{lab: Entry, number: number}} props */
function Card({ lab, number }) {
  return html`<li class="lab-card">
    <${Miniature} name=${lab.name} />
    <div class="lab-words">
      <h3 class="lab-title"><span class="lab-number" aria-hidden="true">${number}</span>
        <a class="lab-link" href=${write(lab.name)} onClick=${(/** @type {MouseEvent} */ event) => follow(event, lab.name)}>${lab.title}</a></h3>
      <p class="lab-wonder">${lab.wonder}</p>
      <p class="lab-foot"><span>${lab.minutes ? `${lab.minutes} min` : "as long as you like"}</span><${Steps} lab=${lab} /></p>
    </div></li>`;
}

/** @param {{lab: Entry}} props */
function Steps({ lab }) {
  if (!lab.steps) return html`<span>free play</span>`;
  const done = of(lab.name).done.filter((step) => step <= lab.steps);
  const words = done.length >= lab.steps ? "all steps done" : done.length ? `${done.length} of ${lab.steps} steps done` : plural(lab.steps, "step");
  return html`<span class="lab-steps"><span class="dots" aria-hidden="true">${Array.from({ length: lab.steps }, (_, i) => html`<i key=${i} data-done=${done.includes(i + 1)}></i>`)}</span>
    <span>${words}</span></span>`;
}
