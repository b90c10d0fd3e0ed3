/** A panel's own styles in the panel's own file: taken over once, as a sheet the page's policy allows. */

/** @type {Set<string>} */
const taken = new Set();

/** @param {string} css */
export function styles(css) {
  if (taken.has(css) || typeof document === "undefined") return;        // a test without a page
  taken.add(css);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
