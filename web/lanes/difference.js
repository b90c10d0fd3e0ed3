/**
 * What makes runs different, in words: the settings in which any of them differs from the first, and each one's value. No DOM.
 *
 * @typedef {import("../controls/schema.js").Setting} Setting
 * @typedef {{label: string, changes: Record<string, any>, unfit?: string[]}} Lane
 */
import { write } from "../controls/scale.js";

/** A setting with these changes made. @param {any} config @param {Record<string, any>} changes @param {string[]} [without] paths left out */
export function assigned(config, changes, without = []) {
  const made = { ...config };
  for (const [path, value] of Object.entries(changes)) {
    if (without.includes(path)) continue;
    const [section, ...rest] = path.split(".");
    if (!rest.length) made[section] = value;
    else made[section] = { ...(made[section] ?? {}), [rest.join(".")]: value };
  }
  return made;
}

/** @param {any} config @param {string} path */
export const valueAt = (config, path) => path.split(".").reduce((place, key) => place?.[key], config);

/** The paths in which any run differs from the first, in the order they came. @param {Lane[]} runs */
export const differing = (runs) => [...new Set(runs.flatMap(({ changes }) => Object.keys(changes)))];

/** A value as people say it. @param {any} value @param {Setting} [setting] @returns {string} */
export function said(value, setting) {
  if (value === null || value === undefined) return "none";
  if (typeof value === "boolean") return value ? "on" : "off";
  if (typeof value === "number") return write(value);
  if (Array.isArray(value)) return value.length ? value.map((one) => said(one)).join(" – ") : "none";
  if (typeof value === "object") return Object.entries(value).map(([key, one]) => `${key} ${said(one)}`).join(", ");
  return setting?.options?.find(({ name }) => name === value)?.title ?? String(value).replaceAll("_", " ");
}

/** @param {string} path @param {Setting[]} settings */
export function titleOf(path, settings) {
  const known = settings.find((one) => one.path === path);
  const last = path.split(".").at(-1) ?? path;
  return known?.title ?? last.charAt(0).toUpperCase() + last.slice(1).replaceAll("_", " ");
}

/**
 * The one difference where there is one: its name, and its value in each run; else each run's own list of changes.
 * @param {Lane[]} runs @param {any} config of the first @param {Setting[]} settings
 * @returns {{title: string, values: string[]}}
 */
export function difference(runs, config, settings) {
  const paths = differing(runs);
  const of = (/** @type {string} */ path) => settings.find((one) => one.path === path);
  if (paths.length === 1) {
    const [path] = paths;
    return { title: titleOf(path, settings), values: runs.map(({ changes }) => said(path in changes ? changes[path] : valueAt(config, path), of(path))) };
  }
  return { title: "", values: runs.map(({ changes }) => Object.entries(changes).map(([path, value]) => `${titleOf(path, settings)} ${said(value, of(path))}`).join(", ")) };
}

/** The labels the page gives of itself; any other was chosen by somebody and says enough. */
const PLAIN = /^([A-H]|Run \d+)$/;

/** What a run is called: its label, with what makes it different where the label does not say; "Run 2" says nothing at all. @param {string} label @param {string} value */
export const called = (label, value) => (!PLAIN.test(label) || !value ? label : label.length > 1 ? value : `${label} · ${value}`);

/** A letter no run has yet. @param {Lane[]} runs */
export const letter = (runs) => [..."ABCDEFGH"].find((one) => !runs.some(({ label }) => label === one)) ?? `Run ${runs.length + 1}`;
