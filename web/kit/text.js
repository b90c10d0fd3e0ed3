/** Elements made in one line, words for a screen reader, tables. */

/**
 * An element with attributes, listeners (onclick …) and children. Texts are always text, never markup.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {Record<string, any>} [attributes] @param {...(Node | string | null | undefined)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "class") made.className = value;
    else if (name === "value") /** @type {any} */ (made).value = value;
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child !== null && child !== undefined) made.append(child);
  return made;
}

/** Writes a text only where it changed: no layout for what is already there. @param {Node} node @param {string} text */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * Words that stand for a picture: hidden from sight, read on demand, renewed at most every few seconds.
 * @param {HTMLElement} host
 */
export function summary(host, everySeconds = 3) {
  const node = element("p", { class: "only-read" });
  host.append(node);
  const rarely = every(everySeconds * 1000);
  return {
    node,
    /** @param {() => string} words */
    update(words) { rarely(() => write(node, words())); },
  };
}

/**
 * Runs a thing at most every so many milliseconds; says whether it ran at once. What came too early runs a little later,
 * the newest only, so that nothing old is left standing when the last frame has come.
 * @param {number} milliseconds
 */
export function every(milliseconds) {
  let last = -Infinity, timer = 0;
  return (/** @type {() => void} */ act) => {
    const run = () => {
      last = performance.now();
      act();
    };
    clearTimeout(timer);
    const wait = milliseconds - (performance.now() - last);
    if (wait <= 0) { run(); return true; }
    timer = Number(setTimeout(run, wait));
    return false;
  };
}

/**
 * A plain table, for reading numbers as numbers.
 * @param {string} caption @param {string[]} heads @param {(string | number)[][]} rows
 */
export function table(caption, heads, rows) {
  return element("table", { class: "data-table" },
    element("caption", {}, caption),
    element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head)))),
    element("tbody", {}, ...rows.map((row) => element("tr", {}, ...row.map((cell) => element("td", {}, String(cell)))))));
}

/**
 * A group of which one is chosen, as buttons in a row. Arrow keys move within it.
 * @template V
 * @param {string} label @param {{value: V, label: string | Node, title?: string}[]} choices @param {V} chosen @param {(value: V) => void} choose
 */
export function choice(label, choices, chosen, choose) {
  const group = element("div", { class: "choice", role: "radiogroup", "aria-label": label });
  const buttons = choices.map(({ value, label: text, title }, index) => {
    const button = element("button", { type: "button", role: "radio", title, "aria-label": title,
      onclick: () => pick(index, false) }, text);
    button.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      event.stopPropagation();
      pick((index + step + choices.length) % choices.length, true);
    });
    group.append(button);
    return /** @type {[V, HTMLButtonElement]} */ ([value, button]);
  });
  const show = (/** @type {V} */ value) => {
    for (const [own, button] of buttons) {
      button.setAttribute("aria-checked", String(own === value));
      button.tabIndex = own === value ? 0 : -1;
    }
    if (!buttons.some(([own]) => own === value) && buttons[0]) buttons[0][1].tabIndex = 0;
  };
  const pick = (/** @type {number} */ index, /** @type {boolean} */ focus) => {
    show(buttons[index][0]);
    if (focus) buttons[index][1].focus();
    choose(buttons[index][0]);
  };
  show(chosen);
  return { node: group, show };
}

/** An on/off button. @param {string} text @param {boolean} on @param {(on: boolean) => void} change @param {string} [title] */
export function toggle(text, on, change, title) {
  const button = element("button", { type: "button", class: "toggle", "aria-pressed": String(on), title });
  button.append(text);
  button.addEventListener("click", () => {
    const next = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(next));
    change(next);
  });
  return button;
}
