/** The tools above the plane: which class to add, erase, undo, what to show, which two columns. */
import { choice, element, toggle } from "../../kit/text.js";
import { markIcon } from "../../kit/legend.js";
import { onTheme } from "../../kit/canvas.js";
import { pretty } from "../../kit/format.js";

/**
 * @param {HTMLElement} parent @param {any} kit @param {() => void} changed
 */
export function surfaceTools(parent, kit, changed) {
  const brushes = element("div", { class: "tools-group" });
  const shows = element("div", { class: "tools-group" });
  const axes = element("div", { class: "tools-group" });
  parent.append(axes, brushes, shows);
  const tool = { kind: /** @type {"add" | "erase"} */ ("add"), label: 1, value: 1, showTest: false, discrete: false };
  const options = kit.options?.value ?? {};
  tool.showTest = options.test ?? false;
  tool.discrete = options.discrete ?? false;
  let key = "";
  /** @type {{draw: () => void}[]} */
  let icons = [];
  const stop = onTheme(() => icons.forEach((icon) => icon.draw()));

  const keep = (/** @type {any} */ more) => { if (kit.options) kit.options.value = { ...kit.options.value, ...more }; };
  const twoTone = toggle("Two-tone", tool.discrete, (on) => { tool.discrete = on; keep({ discrete: on }); changed(); }, "Show only the decision, not how sure it is");
  shows.append(
    toggle("Test points", tool.showTest, (on) => { tool.showTest = on; keep({ test: on }); changed(); }, "Show the points it never learns from, drawn hollow"), twoTone);

  const undo = element("button", { type: "button", class: "quiet", title: "Take back the last change", onclick: () => kit.command("undo") }, "Undo");

  /** @param {any} state @param {string[] | null} classes */
  function update(state, classes) {
    undo.disabled = !state.can_undo;
    twoTone.hidden = !classes;
    const { columns, plane } = state.data;
    const next = JSON.stringify([classes, columns, plane]);
    if (next === key) return;
    key = next;
    brushes.replaceChildren();
    axes.replaceChildren();
    icons = [];
    const names = columns ?? [];
    if (names.length > 2) axes.append(axisChoice("Across", names, 0), axisChoice("Up", names, 1));
    if (!plane && names.length !== 1) return;
    const choices = classes && names.length !== 1
      ? classes.map((name, k) => {
        const icon = markIcon(k, classes.length);
        icons.push(icon);
        return { value: /** @type {string | number} */ (k), label: /** @type {Node | string} */ (icon.canvas), title: `Add points of ${name}` };
      })
      : [{ value: /** @type {string | number} */ ("add"), label: /** @type {Node | string} */ ("Add"), title: "Add points" }];
    choices.push({ value: "erase", label: "Erase", title: "Erase points near the click" });
    tool.label = classes ? Math.min(tool.label, classes.length - 1) : tool.label;
    tool.kind = "add";
    const picked = choice("What a click does", choices, classes && names.length !== 1 ? tool.label : "add", (value) => {
      tool.kind = value === "erase" ? "erase" : "add";
      if (typeof value === "number") tool.label = value;
      changed();
    });
    brushes.append(picked.node);
    if (!classes && names.length !== 1) {
      const input = element("input", { type: "number", step: "any", class: "small-number", "aria-label": "Value of the points to add", value: String(tool.value) });
      input.addEventListener("input", () => { if (Number.isFinite(input.valueAsNumber)) tool.value = input.valueAsNumber; });
      brushes.append(element("label", { class: "inline" }, "value ", input));
    }
    brushes.append(undo);
  }

  /** @param {string} text @param {string[]} names @param {number} which */
  function axisChoice(text, names, which) {
    const select = element("select", { class: "small-select" },
      ...names.map((name, index) => element("option", { value: String(index) }, pretty(name))));
    select.value = String((kit.options?.value?.axes ?? [0, 1])[which]);
    select.addEventListener("change", () => {
      const now = [...(kit.options?.value?.axes ?? [0, 1])];
      const before = now[which];
      now[which] = Number(select.value);
      // The same column twice would be a line: the other axis takes the column that was here.
      if (now[0] === now[1]) now[1 - which] = before;
      key = "";
      keep({ axes: now });
      changed();
    });
    return element("label", { class: "inline" }, `${text} `, select);
  }

  return { tool, update, unmount: stop };
}
