/**
 * From the catalog and the present setting to the list of settings a person can change. No DOM, no names of things:
 * a new optimizer or dataset shows up here by itself.
 *
 * @typedef {{kind: string, default: any, low: number|null, high: number|null, scale: "linear"|"log", unit: string,
 *   help: string, choices: any[], effect: Effect, optional: boolean, title: string, symbol: string}} Knob
 * @typedef {"live"|"rebuild"|"restart"} Effect
 * @typedef {{name: string, title: string, sentence: string, formula: string, source: string,
 *   knobs: Record<string, Knob>, [more: string]: any}} Thing
 * @typedef {Record<string, any>} Catalog
 * @typedef {{path: string, title: string, symbol: string, help: string, formula: string, source: string,
 *   kind: string, knob: Knob, value: any, effect: Effect, options?: Thing[], group: string}} Setting
 */

/** The sections of a setting that name a thing, and where in the catalog those things are. */
export const SECTIONS = /** @type {const} */ ({
  data: "datasets", model: "models", loss: "losses", optimizer: "optimizers", schedule: "schedules", initializer: "initializers",
});
/** How settings are grouped on the page: as a network is understood. */
export const GROUPS = /** @type {const} */ ({ data: "Data", learning: "Learning", network: "Network", steady: "Holding it back" });
const GROUP_OF = /** @type {Record<string, keyof typeof GROUPS>} */ ({
  data: "data", optimizer: "learning", schedule: "learning", loss: "learning", batch_size: "learning", model: "network",
  initializer: "network", seed: "network", precision: "network", regularization: "steady", clip: "steady",
});
const NAMED = /** @type {Record<string, [string, string]>} */ ({
  data: ["Dataset", "What the network is to learn from."],
  model: ["Kind of network", "How the layers are wired."],
  loss: ["Loss", "How wrong the outputs are, as one number: training makes it small."],
  optimizer: ["Optimizer", "How the gradient becomes a change of the weights."],
  schedule: ["Rate schedule", "How the learning rate changes with the steps."],
  initializer: ["Initial weights", "The random numbers a network starts with."],
});

/** @param {string} name */
const words = (name) => name.charAt(0).toUpperCase() + name.slice(1).replaceAll("_", " ");

/** The parts of the catalog that belong to no record. @param {Catalog} catalog */
const general = (catalog) => catalog.settings ?? catalog.config ?? {};

/** @param {Catalog} catalog @param {keyof typeof SECTIONS} section @param {string} name @returns {Thing|undefined} */
export const thing = (catalog, section, name) => catalog[SECTIONS[section]]?.find((/** @type {Thing} */ one) => one.name === name);

/**
 * Every setting of this config, in the order of the page.
 * @param {Catalog} catalog
 * @param {any} config
 * @param {{task?: string}} [data]
 * @returns {Setting[]}
 */
export function settings(catalog, config, data = {}) {
  /** @type {Setting[]} */
  const found = [];
  for (const section of /** @type {(keyof typeof SECTIONS)[]} */ (["data", "optimizer", "schedule", "loss", "model", "initializer"])) {
    if (!config[section]) continue;
    const options = choices(catalog, section, config, data);
    const chosen = thing(catalog, section, config[section].name);
    if (options.length > 1) found.push(named(catalog, section, chosen, options, config));
    for (const [key, knob] of Object.entries(knobsOf(catalog, section, chosen))) {
      if (key in config[section]) found.push(setting(`${section}.${key}`, knob, config[section][key], chosen));
    }
  }
  for (const [key, knob] of Object.entries(general(catalog).regularization ?? {})) {
    found.push(setting(`regularization.${key}`, /** @type {Knob} */ (knob), config.regularization?.[key]));
  }
  if (general(catalog).clip) found.push(clip(general(catalog).clip, config.clip));
  for (const [key, knob] of Object.entries(general(catalog).scalars ?? {})) {
    found.push(setting(key, /** @type {Knob} */ (knob), config[key]));
  }
  const order = Object.keys(GROUPS);
  return found.map((one, i) => ({ one, i })).sort((a, b) => order.indexOf(a.one.group) - order.indexOf(b.one.group) || a.i - b.i)
    .map(({ one }) => one);
}

/** @param {Catalog} catalog @param {keyof typeof SECTIONS} section @param {Thing|undefined} chosen @returns {Record<string, Knob>} */
function knobsOf(catalog, section, chosen) {
  const shared = section === "data" ? general(catalog).data ?? {} : {};
  return { ...shared, ...chosen?.knobs };
}

/**
 * The things of a section that make sense now: a loss that serves the task; data that the network takes, and the
 * other way round; no dataset that wants a table first ("Own data").
 */
function choices(/** @type {Catalog} */ catalog, /** @type {keyof typeof SECTIONS} */ section, /** @type {any} */ config, /** @type {{task?: string}} */ data) {
  const all = /** @type {Thing[]} */ (catalog[SECTIONS[section]] ?? []);
  const takes = thing(catalog, "model", config.model?.name)?.takes;
  const inputs = thing(catalog, "data", config.data?.name)?.inputs;
  const fits = (/** @type {Thing} */ one) => ({
    loss: !data.task || one.tasks?.includes(data.task),
    data: one.knobs.text?.kind !== "text" && (!takes || !one.inputs || takes.includes(one.inputs)),
    model: !inputs || !one.takes || one.takes.includes(inputs),
  })[/** @type {string} */ (section)] ?? true;
  return all.filter((one) => one.name === config[section].name || fits(one));
}

/** @returns {Setting} */
function named(/** @type {Catalog} */ catalog, /** @type {keyof typeof SECTIONS} */ section, /** @type {Thing|undefined} */ chosen,
  /** @type {Thing[]} */ options, /** @type {any} */ config) {
  const [title, help] = NAMED[section];
  return { path: `${section}.name`, title, symbol: "", help, formula: chosen?.formula ?? "", source: chosen?.source ?? "",
    kind: section === "data" ? "dataset" : "thing", options, value: config[section].name, group: GROUP_OF[section],
    effect: general(catalog).name_effects?.[section] ?? "live", knob: /** @type {Knob} */ ({ default: null }) };
}

/** @returns {Setting} */
function setting(/** @type {string} */ path, /** @type {Knob} */ knob, /** @type {any} */ value, /** @type {Thing|undefined} */ owner = undefined) {
  const [section, key = section] = path.split(".");
  const sign = knob.symbol && !knob.symbol.includes("\\") ? knob.symbol : "";
  return { path, title: knob.title ? words(knob.title) : sign || words(key), symbol: knob.title ? knob.symbol ?? "" : "", help: knob.help, formula: "", source: owner?.source ?? "",
    kind: knob.kind, knob, value, effect: knob.effect, group: GROUP_OF[section] ?? "network" };
}

/** @returns {Setting} */
function clip(/** @type {Record<string, Knob>} */ knobs, /** @type {any} */ value) {
  return { path: "clip", title: "Clip the gradient", symbol: "", formula: "", source: "", kind: "clip", value, effect: "live", group: "steady",
    help: "Cuts a gradient that is too long, so that one step cannot throw the weights far away.",
    knob: /** @type {any} */ ({ default: null, knobs }) };
}

/** What a change of this setting does, in words. @param {Effect} effect */
export function effectWords(effect) {
  return { live: "changes while it trains", rebuild: "rebuilds the network; weights that fit are kept",
    restart: "takes hold at the next restart" }[effect];
}
