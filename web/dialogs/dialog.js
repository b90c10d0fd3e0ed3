/** The frame of every dialog: the browser's own <dialog>, so that focus, Escape and the veil are right by themselves. */
import { html } from "htm/preact";
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../icons.js";

/** Which dialog is open. @type {import("@preact/signals").Signal<string|null>} */
export const dialog = signal(null);

/** @param {string|null} name */
export function show(name) {
  dialog.value = name;
}

/** @param {{name: string, title: string, wide?: boolean, children: any}} props */
export function Dialog({ name, title, wide = false, children }) {
  const element = useRef(/** @type {HTMLDialogElement|null} */ (null));
  const open = dialog.value === name;
  useEffect(() => {
    if (open && !element.current?.open) element.current?.showModal();
    if (!open && element.current?.open) element.current.close();
  }, [open]);
  if (!open) return null;
  return html`<dialog ref=${element} class=${`dialog ${wide ? "dialog-wide" : ""}`} aria-labelledby=${`${name}-title`} onClose=${() => { if (dialog.value === name) show(null); }}
      onClick=${(/** @type {MouseEvent} */ event) => { if (event.target === element.current) show(null); }}>
    <div class="dialog-inner"><header class="dialog-head"><h2 id=${`${name}-title`}>${title}</h2>
      <button type="button" class="icon-button" aria-label="Close" onClick=${() => show(null)}><${Icon} name="close" /></button></header>
      <div class="dialog-body">${children}</div></div></dialog>`;
}
