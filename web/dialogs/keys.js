/** The list of keys. */
import { html } from "htm/preact";
import { KEYS } from "../keys.js";
import { Dialog } from "./dialog.js";

export function KeysDialog() {
  return html`<${Dialog} name="keys" title="Keys"><table class="keys"><tbody>
    ${KEYS.map(({ keys, does }) => html`<tr key=${does}><th scope="row">${keys.map((key) => html`<kbd key=${key}>${key}</kbd>`)}</th><td>${does}</td></tr>`)}
  </tbody></table></${Dialog}>`;
}
