/** One step: what to see, one question, one thing to do, what was measured; and the way to the next. */
import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../icons.js";
import { Check, Result } from "./check.js";
import { Coach } from "./coach.js";
import { Do } from "./do.js";
import { again, at, complete, folded, go, marks, opened, setFree, step, steps } from "./guide.js";
import { Predict } from "./predict.js";
import { Say } from "./say.js";

/** @param {{over: boolean}} props over: it lies over the page, and is closed rather than folded */
export function StepView({ over }) {
  const now = step.value, number = at.value, count = steps.value.length;
  const title = useRef(/** @type {HTMLElement|null} */ (null)), body = useRef(/** @type {HTMLElement|null} */ (null)), last = useRef(number);
  useEffect(() => {
    if (last.current === number) return;
    last.current = number;
    if (body.current) body.current.scrollTop = 0;
    title.current?.focus({ preventScroll: true });
  }, [number]);
  if (!now) return null;
  const close = () => { if (over) opened.value = false; else folded.value = true; };
  return html`<header class="guide-head"><span class="guide-count">Step ${number} of ${count}</span><${Dots} />
      <button type="button" class="icon-button" aria-label="Start this step again" title="Start this step again" onClick=${again}><${Icon} name="restart" /></button>
      <button type="button" class="icon-button" aria-label=${over ? "Close the guide" : "Fold the guide away"} title=${over ? "Close" : "Fold away"} onClick=${close}><${Icon} name=${over ? "close" : "right"} /></button></header>
    <div class="guide-body" ref=${body} key=${number}>
      <h2 class="guide-title" tabindex="-1" ref=${title}>${now.title}</h2>
      <${Say} text=${now.say} name=${String(number)} />
      ${now.predict && html`<${Predict} asked=${now.predict} runs=${Boolean(now.check)} does=${Boolean(now.do)} />`}
      ${now.do && html`<${Do} text=${now.do.text} when=${now.do.when} />`}
      <${Result} />
      <${Coach} />
      <button type="button" class="quiet-button guide-free" onClick=${() => setFree(true)}>Free mode, without steps</button>
    </div>
    <footer class="guide-foot">${now.check && html`<${Check} key=${number} />`}
      <div class="guide-buttons">
        <button type="button" class="button" disabled=${number === 1} onClick=${() => go(number - 1)}>Back</button>
        ${number < count ? html`<button type="button" class=${complete(number) ? "button guide-next" : "button"} onClick=${() => go(number + 1)}>Next</button>`
          : html`<button type="button" class=${complete(number) ? "button guide-next" : "button"} onClick=${() => setFree(true)}>Explore</button>`}
      </div>
    </footer>`;
}

/** Which steps are done, and where I am; each leads there. */
function Dots() {
  const all = marks.value;
  return html`<ol class="guide-dots" aria-label="Steps">${steps.value.map((one, i) => {
    const number = i + 1, done = Boolean(all[number]) && complete(number), here = number === at.value;
    return html`<li key=${number}><button type="button" class="guide-dot" data-done=${done} aria-current=${here ? "step" : undefined}
      aria-label=${`Step ${number}: ${one.title}${done ? ", done" : ""}`} title=${one.title} onClick=${() => go(number)}><span></span></button></li>`;
  })}</ol>`;
}
