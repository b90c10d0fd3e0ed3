/** What of the network is real elements: a button a neuron, + and − above the columns, the activation under each. */
import { element, write } from "../../kit/text.js";
import { plural, pretty, whole } from "../../kit/format.js";

/** Names of a catalog section, whether it is a list or an object. @param {any} catalog @param {string} section @returns {{name: string, title: string}[]} */
export function catalogNames(catalog, section) {
  const found = catalog?.[section] ?? catalog?.value?.[section];
  if (!found) return [];
  const list = Array.isArray(found) ? found : Object.entries(found).map(([name, about]) => ({ name, .../** @type {any} */ (about) }));
  return list.map((entry) => (typeof entry === "string" ? { name: entry, title: entry } : { name: entry.name, title: entry.title ?? entry.name }));
}

/**
 * @typedef {{name: string, units: number, activation: string | null, kind: "input" | "hidden" | "output"}} LayerInfo
 * @param {HTMLElement} host
 * @param {{resize: (layer: number, change: number) => void, layers: (change: number) => void, activation: (layer: number, name: string) => void,
 *   enter: (column: number, unit: number) => void, leave: () => void, press: (column: number, unit: number, x: number, y: number) => void,
 *   key: (event: KeyboardEvent, column: number, unit: number) => void}} act
 */
export function networkChrome(host, act) {
  const layer = element("div", { class: "net-chrome" });
  host.append(layer);
  /** @type {HTMLElement[][]} */
  let tiles = [];
  /** @type {{head: HTMLElement, foot: HTMLElement, count: HTMLElement}[]} */
  let ends = [];
  let key = "";

  /**
   * Makes the elements anew when the structure changes, else only moves them.
   * @param {LayerInfo[]} layers @param {import("./network-layout.js").Place[]} columns
   * @param {{inputNames: string[], outputNames: string[], activations: {name: string, title: string}[], width: number, height: number, top: number, bottom: number, step: number, editable: boolean}} about
   */
  function update(layers, columns, about) {
    const next = JSON.stringify([layers, columns.map(({ shown, picture }) => [shown, picture]), about.inputNames, about.outputNames, about.editable, about.activations.length]);
    if (next !== key) { key = next; build(layers, columns, about); }
    columns.forEach((column, index) => {
      tiles[index].forEach((tile, unit) => {
        const { style } = tile;
        style.transform = `translate(${column.x - column.size / 2}px, ${column.y[unit] - column.size / 2}px)`;
        style.width = `${column.size}px`;
        style.height = `${column.size}px`;
      });
      const { head, foot } = ends[index];
      const width = Math.max(46, Math.min(150, about.step - 4));
      const left = Math.max(0, Math.min(about.width - width, column.x - width / 2));
      for (const [end, y] of /** @type {[HTMLElement, number][]} */ ([[head, 0], [foot, about.height - about.bottom]])) {
        end.style.transform = `translate(${left}px, ${y}px)`;
        end.style.width = `${width}px`;
      }
    });
    layer.querySelectorAll(".net-name").forEach((node) => {
      const name = /** @type {HTMLElement} */ (node);
      const column = columns[Number(name.dataset.column)];
      const y = column.y[Number(name.dataset.unit)];
      if (name.dataset.column === "0") {
        name.style.width = `${column.x - column.size / 2 - 8}px`;
        name.style.transform = `translate(0px, ${y}px) translateY(-50%)`;
      } else {
        name.style.transform = `translate(${column.x + column.size / 2 + 8}px, ${y}px) translateY(-50%)`;
      }
    });
  }

  /** @param {LayerInfo[]} layers @param {import("./network-layout.js").Place[]} columns @param {any} about */
  function build(layers, columns, about) {
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    const kept = focused && layer.contains(focused) ? focused.dataset.keep : null;
    layer.replaceChildren();
    tiles = [];
    ends = [];
    columns.forEach((column, index) => {
      const info = layers[index];
      const head = element("div", { class: "net-head" });
      const foot = element("div", { class: "net-foot" });
      const count = element("span", { class: "net-count" }, column.picture ? `${column.units} inputs` : info.kind === "hidden" ? whole(column.units) : info.kind === "input" ? "inputs" : "output");
      const called = info.kind === "hidden" ? `layer ${index}` : info.kind;
      if (about.editable && info.kind === "hidden") {
        head.append(element("span", { class: "net-layers is-neurons" }, "neurons"), step("−", `One neuron less in layer ${index}`, `less${index}`, () => act.resize(index - 1, -1), info.units <= 1),
          step("+", `One neuron more in layer ${index}`, `more${index}`, () => act.resize(index - 1, 1)));
      } else if (about.editable && info.kind === "input") {
        head.append(element("span", { class: "net-layers" }, "layers"),
          step("−", "One hidden layer less: the last one goes", "fewer", () => act.layers(-1), layers.length <= 2),
          step("+", "One hidden layer more, before the output", "further", () => act.layers(1)));
      }
      if (info.kind === "hidden" && about.editable && about.activations.length) {
        const select = element("select", { class: "net-activation", "aria-label": `Activation of layer ${index}`, "data-keep": `act${index}`,
          onchange: () => act.activation(index - 1, select.value) },
          ...about.activations.map((/** @type {{name: string, title: string}} */ { name }) => element("option", { value: name }, name)));
        if (info.activation) select.value = info.activation;
        foot.append(element("div", { class: "net-foot-line" }, count, element("span", { class: "net-between", "aria-hidden": "true" }, "·"),
          element("span", { class: "net-pick", title: info.activation ?? "" }, element("span", { class: "net-sign", "aria-hidden": "true" }, "ƒ"), select)));
      } else {
        foot.append(element("div", { class: "net-foot-line" }, count, info.kind === "hidden" && info.activation ? element("span", { class: "net-is" }, ` · ${info.activation}`) : null));
      }
      if (column.shown < column.units && !column.picture) foot.append(element("div", { class: "net-some" }, `${column.shown} of ${whole(column.units)}`));
      layer.append(head, foot);
      ends.push({ head, foot, count });
      tiles.push(Array.from({ length: column.shown }, (_, unit) => {
        const name = info.kind === "input" ? (column.picture ? `the input picture, ${column.units} numbers` : `input ${pretty(about.inputNames[unit] ?? `x${unit + 1}`)}`)
          : info.kind === "output" ? `output ${about.outputNames[unit] ?? (column.units > 1 ? unit + 1 : "")}` : `neuron ${unit + 1} of ${info.units}, ${called}${info.activation ? `, ${info.activation}` : ""}`;
        const tile = element("button", { type: "button", class: `net-tile is-${info.kind}`, "aria-label": name, "data-keep": `${index}.${unit}`, tabindex: index === 1 && unit === 0 ? 0 : -1 });
        tile.addEventListener("pointerenter", (event) => { if (event.pointerType !== "touch") act.enter(index, unit); });
        tile.addEventListener("pointerleave", (event) => { if (event.pointerType !== "touch") act.leave(); });
        tile.addEventListener("focus", () => { if (tile.matches(":focus-visible")) act.enter(index, unit); rove(tile); });
        tile.addEventListener("blur", act.leave);
        tile.addEventListener("click", (event) => { const box = host.getBoundingClientRect(); act.press(index, unit, event.detail ? event.clientX - box.left : NaN, event.clientY - box.top); });
        tile.addEventListener("keydown", (event) => {
          const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
          if (!move) { act.key(event, index, unit); return; }
          event.preventDefault();
          event.stopPropagation();
          const to = Math.min(tiles.length - 1, Math.max(0, index + move[0]));
          const share = tiles[index].length > 1 ? unit / (tiles[index].length - 1) : 0.5;
          const at = to === index ? unit + move[1] : Math.round(share * (tiles[to].length - 1));
          tiles[to][Math.min(tiles[to].length - 1, Math.max(0, at))].focus();
        });
        layer.append(tile);
        const text = info.kind === "input" && !column.picture ? about.inputNames[unit] : info.kind === "output" ? about.outputNames[unit] : null;
        if (text) layer.append(element("span", { class: `net-name is-${info.kind}`, "data-column": String(index), "data-unit": String(unit), "aria-hidden": "true", title: text }, pretty(text)));
        return tile;
      }));
    });
    if (kept) /** @type {HTMLElement | null} */ (layer.querySelector(`[data-keep="${kept}"]`))?.focus({ preventScroll: true });
  }

  /** @param {HTMLElement} tile */
  function rove(tile) { for (const column of tiles) for (const other of column) other.tabIndex = other === tile ? 0 : -1; }

  /** @param {string} sign @param {string} label @param {string} keep @param {() => void} press @param {boolean} [off] */
  function step(sign, label, keep, press, off = false) {
    const button = element("button", { type: "button", class: "net-step", "aria-label": label, title: label, "data-keep": keep, onclick: press }, sign);
    button.disabled = off;
    return button;
  }

  return {
    node: layer, update,
    /** @param {{column: number, unit: number} | null} focus @param {{column: number, unit: number} | null} pinned */
    mark(focus, pinned) {
      tiles.forEach((column, index) => column.forEach((tile, unit) => {
        tile.classList.toggle("is-focus", Boolean(focus && focus.column === index && focus.unit === unit));
        tile.setAttribute("aria-pressed", String(Boolean(pinned && pinned.column === index && pinned.unit === unit)));
      }));
    },
    tile: (/** @type {number} */ column, /** @type {number} */ unit) => tiles[column]?.[unit] ?? null,
    words: (/** @type {LayerInfo[]} */ layers) => layers.map(({ kind, units, activation }) => (kind === "hidden" ? `${plural(units, "neuron")} of ${activation}` : plural(units, kind))).join(", then "),
    write,
  };
}
