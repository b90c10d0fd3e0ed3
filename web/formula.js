/** Formulas: KaTeX and its style sheet are fetched when the first formula is to be shown. */

const LIVE = /\{\{([^{}]+)\}\}/;

/** @type {Promise<any>|null} */
let loading = null;

function load() {
  loading ??= Promise.all([import("katex"), styles()]).then(([module]) => module.default);
  return loading;
}

function styles() {
  return new Promise((resolve) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = new URL("./vendor/katex/dist/katex.min.css", import.meta.url).href;
    link.onload = link.onerror = () => resolve(undefined);
    document.head.append(link);
  });
}

/**
 * Typesets LaTeX into an element. Until KaTeX is there, and wherever it fails, the source is shown: still readable.
 * `{{name}}` in it becomes an element with data-live="name" whose text the caller keeps: such a formula has no hidden
 * copy for screen readers, which would go stale.
 * @param {HTMLElement} element
 * @param {string} tex
 */
export async function typeset(element, tex) {
  const live = LIVE.test(tex);
  element.textContent = tex.replaceAll(/\{\{|\}\}/g, "");
  try {
    const katex = await load();
    // `render` builds nodes and sets their styles one by one, which the page's policy allows; markup with style="" it would not.
    katex.render(tex.replaceAll(new RegExp(LIVE, "g"), (_, name) => `\\htmlData{live=${name}}{\\text{–}}`), element, { throwOnError: false,
      output: live ? "html" : "htmlAndMathml", strict: "ignore", trust: (/** @type {any} */ context) => context.command === "\\htmlData" });
  } catch {
    element.textContent = tex;
  }
}
