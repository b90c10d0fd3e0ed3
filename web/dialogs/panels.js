/** Which panels stand on the stage. */
import { html } from "htm/preact";
import { useEffect } from "preact/hooks";
import { all, choose, fits, loadAll, wanted } from "../stage.js";
import { Dialog, dialog } from "./dialog.js";

export function PanelsDialog() {
  useEffect(() => { if (dialog.value === "panels") loadAll(); }, [dialog.value]);
  if (dialog.value !== "panels") return null;
  return html`<${Dialog} name="panels" title="Panels on the stage"><div class="checks">
    ${all.value.map((panel) => {
      const able = fits(panel);
      return html`<label key=${panel.name} class="check" data-off=${!able}><input type="checkbox" checked=${wanted(panel.name)} onChange=${() => choose(panel.name, !wanted(panel.name))} />
        <span><b>${panel.module.title}</b><span class="check-text">${panel.module.about}${able ? "" : " Not for the present data or network."}</span></span></label>`;
    })}</div><//>`;
}
