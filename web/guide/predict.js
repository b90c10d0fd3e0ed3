/** A question before it runs. The prediction stays as it was made, and stands beside what happened. */
import { html } from "htm/preact";
import { Icon } from "../icons.js";
import { Draw } from "./draw.js";
import { at, mark, note, revealed } from "./guide.js";
import { Say } from "./say.js";

/** @typedef {import("./guide.js").Predict} Asked */

/** @param {{asked: Asked, runs: boolean, does: boolean}} props runs, does: whether the step has a check, or something to do, that reveals it */
export function Predict({ asked, runs, does }) {
  const open = revealed.value, made = mark.value.predicted;
  return html`<section class="guide-card predict" aria-label="Your prediction">
    ${asked.draw ? html`<p class="question">${asked.question}</p><${Draw} key=${at.value} asked=${asked} />` : html`<${Choose} asked=${asked} />`}
    ${!open && !runs && !does && html`<button type="button" class="button" disabled=${made === undefined} onClick=${() => note({ shown: true })}>Show the answer</button>`}
    <div aria-live="polite">${open && asked.because && html`<div class="because"><${Say} text=${asked.because} name=${`because ${at.value}`} /></div>`}</div>
  </section>`;
}

/** @param {{asked: Asked}} props */
function Choose({ asked }) {
  const open = revealed.value, made = mark.value.predicted, name = `predict-${at.value}`;
  return html`<fieldset class="guide-choices"><legend class="question">${asked.question}</legend>
    ${asked.choices?.map((choice, i) => {
      const right = open && i === asked.answer, mine = i === made;
      return html`<label key=${i} class="guide-choice" data-right=${right} data-mine=${mine}>
        <input type="radio" name=${name} checked=${mine} disabled=${open} onChange=${() => note({ predicted: i })} />
        <span class="guide-choice-text">${choice}${open && (right || mine) && html`<span class="guide-choice-said">${right && html`<${Icon} name="check" />`}${said(right, mine)}</span>`}</span></label>`;
    })}</fieldset>`;
}

/** @param {boolean} right @param {boolean} mine */
const said = (right, mine) => right ? (mine ? "as you predicted" : "what happens") : "your prediction";
