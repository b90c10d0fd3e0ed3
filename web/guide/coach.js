/**
 * The coach: what the server's rules of thumb say of the run that is shown, with the numbers they saw and one-press remedies.
 * Said once, it stays away until it has ceased to be true; the most urgent first.
 *
 * @typedef {{label: string, changes: Record<string, any>, rewind: boolean}} Remedy
 * @typedef {{rule: string, title: string, evidence: string, remedies: Remedy[]}} Advice
 */
import { signal } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect } from "preact/hooks";
import { attempt } from "../commands.js";
import { Icon } from "../icons.js";
import { announce, shown, state } from "../store.js";
import { watch } from "./frames.js";

/** @type {import("@preact/signals").Signal<Advice[]>} */
const advice = signal([]);
/** Rules a person has put away, until they stop applying. */
const away = signal(/** @type {Set<string>} */ (new Set()));
let told = "";

/** @param {Advice[]} next */
export function heard(next) {
  const now = next.map(({ rule }) => rule);
  const kept = [...away.peek()].filter((rule) => now.includes(rule));
  if (kept.length !== away.peek().size) away.value = new Set(kept);
  advice.value = next;
  // The divergence has a banner of its own, which says it aloud.
  const first = next.find(({ rule }) => !away.peek().has(rule) && rule !== "not_finite");
  if (first && first.rule !== told) announce(`Coach: ${first.title}`);
  told = first?.rule ?? "";
}

/** Takes a remedy: back first where the numbers broke, then the settings; from the start where they only hold there. @param {Remedy} remedy */
export async function take(remedy) {
  if (remedy.rewind && await attempt("rewind") === undefined) return;
  const made = await attempt("set", { changes: remedy.changes });
  if (made?.effect === "restart") await attempt("reset", { seed: "same" });
}

/** The stream, while a lab is open. */
function useCoach() {
  useEffect(() => watch("coach", (/** @type {any} */ now) => {
    const lane = shown.value ?? undefined, several = (now.runs?.length ?? 1) > 1;
    return [{ key: "coach", probe: "coach", options: {}, rate: 1, ...(several && lane ? { run: lane } : {}) }];
  }, (parts) => { const part = parts.get("coach"); if (part) heard(part.meta.advice ?? []); }), []);
}

/** @param {{free?: boolean}} props free: it stands by itself, where no guide is open */
export function Coach({ free = false }) {
  useCoach();
  const [first, ...others] = advice.value.filter(({ rule }) => !away.value.has(rule) && !(rule === "not_finite" && state.value?.divergence));
  if (!first) return null;
  const put = () => { away.value = new Set([...away.value, first.rule]); };
  return html`<section class="coach" data-free=${free} aria-label="Coach">
    <header class="coach-head"><${Icon} name="warn" /><h3>${first.title}</h3>
      <button type="button" class="icon-button" aria-label="Put this advice away" title="Put away" onClick=${put}><${Icon} name="close" /></button></header>
    <p class="coach-evidence">${first.evidence}</p>
    ${first.remedies.length > 0 && html`<div class="coach-remedies">${first.remedies.map((one) => html`<button type="button" class="button" key=${one.label} onClick=${() => take(one)}>${one.label}</button>`)}</div>`}
    ${others.length > 0 && html`<p class="coach-more">Also: ${others.map(({ title }) => title.replace(/\.$/, "").toLowerCase()).join("; ")}.</p>`}
  </section>`;
}
