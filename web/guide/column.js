/** Where the guide stands: a column beside the stage, folded to its edge, over the page for a class, a sheet on a phone. */
import { computed, signal } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect } from "preact/hooks";
import { Icon } from "../icons.js";
import { presenting } from "../theme.js";
import { useNotice } from "./do.js";
import { at, folded, free, guiding, mark, opened, setFree, step, steps } from "./guide.js";
import { StepView } from "./step.js";

const narrow = matchMedia("(max-width: 759px)");
const phone = signal(narrow.matches);
narrow.addEventListener("change", () => { phone.value = narrow.matches; });

/** Whether the guide lies over the page instead of beside it, and whether it can be seen at all. */
const lyingOver = computed(() => phone.value || presenting.value);
export const guideOpen = computed(() => guiding.value && (lyingOver.value ? opened.value : !folded.value));

/** The guide, and what opens it where it is folded. */
export function Guide() {
  const over = lyingOver.value, on = guiding.value, open = guideOpen.value;
  useNotice();
  useEffect(() => {
    document.documentElement.dataset.guide = !on ? "none" : over ? "over" : open ? "open" : "folded";
  }, [on, over, open]);
  useEffect(() => {
    if (!over || !open) return undefined;
    const close = (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      event.stopPropagation();
      opened.value = false;
      document.getElementById("guide-open")?.focus();
    };
    addEventListener("keydown", close, true);
    return () => removeEventListener("keydown", close, true);
  }, [over, open]);
  if (!on) return null;
  const show = () => { if (over) opened.value = !opened.value; else folded.value = false; };
  return html`<aside class="guide" id="guide" aria-label="Guide" data-over=${over} hidden=${!open}>${open && html`<${StepView} over=${over} />`}</aside>
    ${(over || !open) && html`<button type="button" class="guide-open" id="guide-open" aria-expanded=${open ? "true" : "false"} aria-controls="guide" onClick=${show}>
      <${Icon} name=${over ? (open ? "down" : "up") : "left"} /><span class="guide-open-words"><b>Step ${at.value} of ${steps.value.length}</b>${step.value?.do && mark.value.did && html`<span class="guide-open-done"><${Icon} name="check" /><span class="only-read">Done. </span></span>`}<span class="guide-open-title">${step.value?.title}</span></span></button>`}`;
}

/** The way back from free mode, at the foot of the settings. */
export function GuideAgain() {
  if (!steps.value.length || !free.value) return null;
  return html`<button type="button" class="quiet-button" onClick=${() => setFree(false)}><${Icon} name="guide" />Guide</button>`;
}
