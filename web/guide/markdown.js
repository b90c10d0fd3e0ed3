/**
 * The little of Markdown that a step's text uses, as plain data: paragraphs, lists, bold, italic, code, formulas and
 * live numbers. What is no markup stays text. No DOM.
 *
 * @typedef {{kind: "text"|"code"|"formula"|"live", text: string}|{kind: "bold"|"italic", inner: Inline[]}} Inline
 * @typedef {{kind: "paragraph", inner: Inline[]}|{kind: "list", ordered: boolean, items: Inline[][]}} Block
 */

const INLINE = /\$([^$]+)\$|`([^`]+)`|\*\*(.+?)\*\*|\*([^*\s][^*]*?)\*|\{([^{}]+)\}/;
const ITEM = /^\s*(?:[-*]|(\d+)[.)])\s+/;

/** @param {string} text @returns {Inline[]} */
export function inline(text) {
  /** @type {Inline[]} */
  const found = [];
  let rest = text;
  for (;;) {
    const match = rest.match(INLINE);
    if (!match) break;
    if (match.index) found.push({ kind: "text", text: rest.slice(0, match.index) });
    const [, formula, code, bold, italic, live] = match;
    if (formula !== undefined) found.push({ kind: "formula", text: formula });
    else if (code !== undefined) found.push({ kind: "code", text: code });
    else if (bold !== undefined) found.push({ kind: "bold", inner: inline(bold) });
    else if (italic !== undefined) found.push({ kind: "italic", inner: inline(italic) });
    else found.push({ kind: "live", text: live });
    rest = rest.slice((match.index ?? 0) + match[0].length);
  }
  if (rest) found.push({ kind: "text", text: rest });
  return found;
}

/** @param {string} text @returns {Block[]} */
export function blocks(text) {
  return text.trim().split(/\n\s*\n/).flatMap((/** @type {string} */ part) => {
    /** @type {Block[]} */
    const found = [];
    /** @type {string[]} */
    let lines = [];
    const paragraph = () => {
      if (lines.length) found.push({ kind: "paragraph", inner: inline(lines.join(" ")) });
      lines = [];
    };
    for (const line of part.split("\n")) {
      const item = line.match(ITEM), last = found.at(-1);
      if (item) {
        paragraph();
        const ordered = item[1] !== undefined, inner = inline(line.slice(item[0].length).trim()), list = found.at(-1);
        if (list?.kind === "list" && list.ordered === ordered) list.items.push(inner);
        else found.push({ kind: "list", ordered, items: [inner] });
      } else if (last?.kind === "list" && !lines.length && /^\s+\S/.test(line)) {
        last.items[last.items.length - 1].push(...inline(` ${line.trim()}`));
      } else lines.push(line.trim());
    }
    paragraph();
    return found;
  });
}

/** The live numbers of a text, also those inside its formulas, without their braces. @param {string} text */
export function liveOf(text) {
  /** @type {string[]} */
  const found = [];
  const walk = (/** @type {Inline[]} */ all) => {
    for (const one of all) {
      if (one.kind === "live") found.push(one.text);
      else if (one.kind === "formula") found.push(...[...one.text.matchAll(/\{\{([^{}]+)\}\}/g)].map((match) => match[1]));
      else if ("inner" in one) walk(one.inner);
    }
  };
  for (const block of blocks(text)) {
    if (block.kind === "paragraph") walk(block.inner);
    else block.items.forEach(walk);
  }
  return found;
}
