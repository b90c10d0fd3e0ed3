/** "What is this?": one small card for every control and picture, with one sentence, its formula and its source. */
import { html } from "htm/preact";
import { typeset } from "./formula.js";
import { place } from "./popover.js";

/**
 * @typedef {{title: string, text: string, formula?: string, source?: string, facts?: string[],
 *   more?: {title: string, text: string}}} Help
 */

/** @type {HTMLElement|null} */
let card = null;
/** @type {Element|null} */
let shownFor = null;

function element() {
  if (card) return card;
  card = document.createElement("div");
  card.className = "help-card";
  card.popover = "auto";
  card.setAttribute("role", "dialog");
  card.addEventListener("toggle", (event) => {
    if (/** @type {ToggleEvent} */ (event).newState === "closed") {
      shownFor?.setAttribute("aria-expanded", "false");
      shownFor = null;
    }
  });
  document.body.append(card);
  return card;
}

/** @param {string} tag @param {string} name @param {string} text */
function line(tag, name, text) {
  const node = document.createElement(tag);
  node.className = name;
  node.textContent = text;
  return node;
}

/**
 * Opens the card beside a button; pressing the same one again closes it.
 * @param {Element} anchor
 * @param {Help} help
 */
export function explain(anchor, help) {
  const card = element();
  if (shownFor === anchor) return card.hidePopover();
  card.replaceChildren(line("h3", "help-title", help.title), line("p", "help-text", help.text));
  if (help.more) {
    const more = line("p", "help-text", ` ${help.more.text}`);
    more.prepend(line("b", "", help.more.title), ": ");
    card.append(more);
  }
  for (const fact of help.facts ?? []) card.append(line("p", "help-fact", fact));
  if (help.formula) {
    const formula = line("div", "help-formula", "");
    card.append(formula);
    // An optimizer is several equations: one a line.
    const lines = help.formula.split(/,?\s*\\q?quad\s*/).map((tex) => {
      const row = line("div", "", tex);
      formula.append(row);
      return typeset(row, tex);
    });
    Promise.all(lines).then(() => { if (shownFor === anchor) place(card, anchor); });
  }
  if (help.source) card.append(line("p", "help-source", help.source));
  card.showPopover();
  place(card, anchor);
  shownFor = anchor;
  anchor.setAttribute("aria-expanded", "true");
  const words = [help.text, ...(help.facts ?? [])].join(" ");
  card.setAttribute("aria-label", `${help.title}. ${words}`);
}

/** The quiet question mark that opens it. @param {{help: Help}} props */
export function What({ help }) {
  return html`<button type="button" class="what" aria-expanded="false" aria-label=${`What is ${help.title}?`}
    onClick=${(/** @type {MouseEvent} */ event) => explain(/** @type {Element} */ (event.currentTarget), help)}><span aria-hidden="true">?</span></button>`;
}
