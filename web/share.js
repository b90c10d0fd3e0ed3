/** Links that hold the whole setting, and copying them also where a browser offers no clipboard (plain http in a classroom). */
import { command } from "./commands.js";
import { runs, several } from "./lanes/runs.js";
import { pack } from "./link.js";
import { chosen } from "./stage.js";
import { config, lab } from "./store.js";

/** A long text of the config stands only as its digest in this page; a link would lead nowhere. */
const DIGEST = /^sha256:[0-9a-f]{24} /;

/** Why the present setting cannot be put into a link, or null. */
export function hindrance() {
  const text = config.value?.data?.text;
  return typeof text === "string" && DIGEST.test(text) ? "Your own table is too large for a link. Save the setting to a file instead." : null;
}

/** The runs beside the first; also that there are none any more, where the lab begins with some. */
function sharedRuns() {
  if (!several.value && !lab.value?.runs?.length) return undefined;
  return runs.value.map(({ label, changes }) => ({ label, changes }));
}

/**
 * @param {string[]} hide paths of the settings students do not see
 * @param {boolean} [standing] as it stands, with all that was changed on the way; else the present setting from its start
 */
export async function makeLink(hide, standing = true) {
  const { config: start, edits, step } = standing ? await command("recipe") : { config: config.value, edits: [], step: 0 };
  const hash = await pack({ config: start, ...(edits.length && { edits }), ...(step && { step }), runs: sharedRuns(), lab: lab.value?.name,
    hide: hide.length ? hide : undefined, panels: chosen.value });
  const url = new URL(location.href);
  url.hash = hash;
  return url.href;
}

/**
 * @param {HTMLInputElement} field holds the text; stays selected where copying is not possible at all
 * @returns {Promise<boolean>}
 */
export async function copy(field) {
  try {
    if (navigator.clipboard && isSecureContext) {
      await navigator.clipboard.writeText(field.value);
      return true;
    }
  } catch { /* not allowed: the old way, then */ }
  field.focus();
  field.select();
  try { return document.execCommand("copy"); } catch { return false; }
}
