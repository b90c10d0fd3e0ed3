/** A small box with one number in it: Enter applies, Escape leaves it as it was. */
import { element } from "../../kit/text.js";

/**
 * @param {HTMLElement} host a positioned element
 */
export function numberEditor(host) {
  const title = element("span", { class: "editor-title" });
  const input = element("input", { type: "number", step: "any", required: true });
  const label = element("label", { class: "editor-label" }, title, input);
  const refused = element("p", { class: "editor-refused", role: "alert" });
  const form = element("form", { class: "editor" }, label, element("button", { type: "submit" }, "Set"), refused);
  form.hidden = true;
  host.append(form);
  /** @type {((value: number) => Promise<any> | any) | null} */
  let apply = null;
  /** @type {HTMLElement | null} */
  let before = null;

  function close() {
    if (form.hidden) return;
    form.hidden = true;
    apply = null;
    before?.focus?.();
    before = null;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const value = input.valueAsNumber, asked = apply;
    if (!Number.isFinite(value) || !asked) return;
    try {
      await asked(value);
      if (apply === asked) close();                // by now the box may be open for another number
    } catch (error) {
      if (apply === asked) refused.textContent = /** @type {any} */ (error)?.message ?? "That did not work.";
    }
  });
  form.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") close();
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(/** @type {Node | null} */ (event.relatedTarget))) { before = null; close(); }
  });
  return {
    node: form,
    close,
    /** @param {number} x @param {number} y @param {string} name @param {number} value @param {(value: number) => any} set */
    open(x, y, name, value, set) {
      before = /** @type {HTMLElement | null} */ (document.activeElement);
      title.textContent = name;
      refused.textContent = "";
      input.value = String(Number(value.toPrecision(4)));
      apply = set;
      form.hidden = false;
      const { offsetWidth, offsetHeight } = form;
      form.style.left = `${Math.max(4, Math.min(host.clientWidth - offsetWidth - 4, x - offsetWidth / 2))}px`;
      form.style.top = `${Math.max(4, Math.min(host.clientHeight - offsetHeight - 4, y + 10))}px`;
      input.focus();
      input.select();
    },
  };
}
