/** A step's text: Markdown with formulas, and numbers that follow the training. */
import { html } from "htm/preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { typeset } from "../formula.js";
import { every, write } from "../kit/text.js";
import { state } from "../store.js";
import { watch } from "./frames.js";
import { blocks, liveOf } from "./markdown.js";
import { readLive, valueOf, wantOf, written } from "./measures.js";

/** @typedef {import("./markdown.js").Inline} Inline */
/** @typedef {import("./measures.js").Live} Live */

/** @param {{text: string, name: string}} props name: whose numbers these are */
export function Say({ text, name }) {
  const root = useRef(/** @type {HTMLElement|null} */ (null));
  const made = useMemo(() => blocks(text), [text]);
  useEffect(() => follow(root.current, text, name), [text, name]);
  return html`<div class="say" ref=${root}>${made.map((block, i) => block.kind === "paragraph"
    ? html`<p key=${i}>${shown(block.inner)}</p>`
    : html`<${block.ordered ? "ol" : "ul"} key=${i}>${block.items.map((item, n) => html`<li key=${n}>${shown(item)}</li>`)}<//>`)}</div>`;
}

/** A number or formula keeps the full stop after it on its line. @param {Inline[]} all */
function shown(all) {
  return all.map((one, i) => {
    const before = all[i - 1], after = all[i + 1];
    const sticks = (/** @type {Inline|undefined} */ next) => next?.kind === "text" ? next.text.match(/^[.,;:!?)…]+/)?.[0] : undefined;
    const stuck = one.kind === "live" || one.kind === "formula" ? sticks(after) : undefined;
    if (stuck) return html`<span class="stuck">${show(one)}${stuck}</span>`;
    const taken = before?.kind === "live" || before?.kind === "formula" ? sticks(one) : undefined;
    return taken && one.kind === "text" ? one.text.slice(taken.length) : show(one);
  });
}

/** @param {Inline} one @returns {any} */
function show(one) {
  if ("inner" in one) return one.kind === "bold" ? html`<b>${shown(one.inner)}</b>` : html`<em>${shown(one.inner)}</em>`;
  if (one.kind === "text") return one.text;
  if (one.kind === "code") return html`<code>${one.text}</code>`;
  if (one.kind === "live") return html`<span class="live" data-live=${one.text}>–</span>`;
  return html`<${Formula} tex=${one.text} />`;
}

/** @param {{tex: string}} props */
function Formula({ tex }) {
  const place = useRef(/** @type {HTMLElement|null} */ (null));
  useEffect(() => { if (place.current) typeset(place.current, tex); }, [tex]);
  return html`<span class="formula-inline" ref=${place}></span>`;
}

/** Writes the numbers straight into the page, about as often as they can be read. @param {HTMLElement|null} root @param {string} text @param {string} name */
function follow(root, text, name) {
  const all = liveOf(text).map(readLive).filter((one) => one !== null);
  if (!root || !all.length) return undefined;
  const rarely = every(150);
  /** @type {Map<string, import("../frames.js").Part>} */
  const newest = new Map();
  const put = () => {
    for (const live of all) {
      const words = written(valueOf(live, newest, state.peek()), live.format);
      for (const place of root.querySelectorAll("[data-live]")) if (place instanceof HTMLElement && place.dataset.live === live.text) write(place, words);
    }
  };
  const wants = (/** @type {any} */ now) => all.map((one) => wantOf(one, now)).filter((one) => one !== null);
  const stop = watch(`say ${name}`, wants, (parts) => {
    for (const [key, part] of parts) newest.set(key, part);
    rarely(put);
  });
  const settings = state.subscribe(() => rarely(put));
  return () => { stop(); settings(); };
}
