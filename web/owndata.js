/** A person's own table: read by the server, which says what it found, what it must ask, and why it refuses. */
import { signal } from "@preact/signals";
import { show } from "./dialogs/dialog.js";
import { send } from "./files.js";
import { announce, tell } from "./store.js";

/**
 * @typedef {{field: string, question: string, choices: any[], suggestion: any}} Question
 * @typedef {{rows: number, rows_used: number, columns: {name: string, kind: string, missing: number, unreadable: number|any[], distinct: number, examples: string[]}[],
 *   target: string, task: string, classes: string[], inputs: string[], questions: Question[], notes: string[],
 *   refused: {message: string, hint?: string}|null}} Report
 */

/** The table as text, what it is called, and what the server found in it. */
export const text = signal("");
export const named = signal("");
export const report = signal(/** @type {Report|null} */ (null));
export const trouble = signal("");
export const answers = signal(/** @type {Record<string, any>} */ ({}));
export const busy = signal(false);

/** What the server takes; checked here only to save a long upload. */
const MOST_BYTES = 2_000_000;

export function openOwnData() {
  show("own-data");
}

/** @param {File} file */
export async function takeFile(file) {
  if (file.size > MOST_BYTES) {
    trouble.value = `${file.name} has ${(file.size / 1e6).toFixed(1)} MB; a table may have at most 2 MB. Leave out rows or columns.`;
    return;
  }
  await takeText(await file.text(), file.name);
}

/** @param {string} content @param {string} [name] */
export async function takeText(content, name = "pasted table") {
  text.value = content;
  named.value = name;
  answers.value = {};
  await inspect();
}

/** @param {string} field @param {any} value */
export async function give(field, value) {
  answers.value = { ...answers.value, [field]: value };
  await inspect();
}

export function startOver() {
  text.value = named.value = trouble.value = "";
  report.value = null;
  answers.value = {};
}

async function inspect() {
  await ask(false);
  const found = report.value;
  if (found) announce(`${found.rows} rows, ${found.columns.length} columns, ${found.questions.length} questions.`);
}

/** Trains on it from now on. */
export async function use() {
  if (!await ask(true)) return;
  show(null);
  tell(`Training on ${named.value} now.`);
  startOver();
}

/** @param {boolean} forGood @returns {Promise<boolean>} */
async function ask(forGood) {
  busy.value = true;
  trouble.value = "";
  const query = new URLSearchParams();
  for (const [field, value] of Object.entries(answers.value)) {
    if (value === undefined) continue;
    query.set(field, field === "inputs" ? JSON.stringify(value) : String(value));
  }
  if (forGood) query.set("use", "1");
  try {
    report.value = (await send(`api/csv?${query}`, text.value)).value;
    return true;
  } catch (error) {
    const { message, body } = /** @type {Error & {body?: any}} */ (error);
    report.value = body?.value ?? null;
    trouble.value = [message, body?.error?.hint].filter((words, i, all) => words && !all.slice(0, i).join(" ").includes(words)).join(" ");
    return false;
  } finally {
    busy.value = false;
  }
}
