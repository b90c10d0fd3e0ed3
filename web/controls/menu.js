/** A button that opens a list to choose one from, each with its sentence. Arrow keys move, Escape closes. */
import { html } from "htm/preact";
import { useRef } from "preact/hooks";
import { Icon } from "../icons.js";
import { place } from "../popover.js";

/**
 * @typedef {{value: any, title: string, text?: string}} Choice
 * @param {{label: string, choices: Choice[], value: any, onChoose: (value: any) => void, children: any, className?: string}} props
 */
export function Menu({ label, choices, value, onChoose, children, className = "" }) {
  const button = useRef(/** @type {HTMLButtonElement|null} */ (null)), list = useRef(/** @type {HTMLElement|null} */ (null));
  const open = () => {
    list.current?.showPopover();
    if (list.current && button.current) place(list.current, button.current);
    /** @type {HTMLElement|null|undefined} */ (list.current?.querySelector("[aria-checked=true]") ?? list.current?.querySelector("button"))?.focus();
  };
  const choose = (/** @type {any} */ chosen) => {
    list.current?.hidePopover();
    button.current?.focus();
    onChoose(chosen);
  };
  return html`<button type="button" ref=${button} class=${className} aria-haspopup="menu" aria-label=${label} onClick=${open}>${children}</button>
    <div ref=${list} popover="auto" class="menu" role="menu" aria-label=${label} onKeyDown=${move}>
      ${choices.map((one) => html`<button type="button" key=${one.value} role="menuitemradio" aria-checked=${one.value === value ? "true" : "false"}
        onClick=${() => choose(one.value)}>
        <span class="menu-mark">${one.value === value && html`<${Icon} name="check" />`}</span>
        <span><span class="menu-title">${one.title}</span>${one.text && html`<span class="menu-text">${one.text}</span>`}</span></button>`)}
    </div>`;
}

/** @param {KeyboardEvent} event */
export function move(event) {
  const items = [.../** @type {HTMLElement} */ (event.currentTarget).querySelectorAll("button")];
  const at = items.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  items[(to + items.length) % items.length]?.focus();
}
