/** Beginning and ending a twin. */
import { attempt, command } from "../commands.js";
import { all, chosen, fits, wanted } from "../stage.js";
import { announce, lab, shown, state, tell } from "../store.js";
import { letter } from "./difference.js";
import { arrange, runs, shownIndex, shownRun } from "./runs.js";

/** @typedef {import("../controls/schema.js").Setting} Setting */

/** Whether the runs are the lab's own: a twin there is one run more, and ending it is removing that. */
export const ownRuns = () => (lab.value?.runs?.length ?? 0) > 0;

/** What stood on the stage before, to be there again after the twin. @type {string[]|null} */
let before = null;
/** As many panels as can be seen without scrolling, with the map of the difference among them. */
const ROOM = { first: 2, all: 3 };

/** @param {Setting} setting @param {any} value */
export async function startTwin(setting, value) {
  const list = runs.peek(), base = shownRun.peek();
  const change = { ...base?.changes, [setting.path]: value };
  if (list.length > 1 || ownRuns()) {
    await arrange([...list, { label: letter(list), changes: change }]);
  } else {
    await arrange([{ ...list[0], label: "A" }, { label: "B", changes: change }]);
    makeRoom();
  }
  announce("The second run begins from the same start and catches up.");
}

/** The map of the difference comes onto the stage; the least important pictures make room for it. */
function makeRoom() {
  before = chosen.peek();
  const known = new Map(all.peek().map((panel) => [panel.name, panel]));
  // In the lab's order, which is the order on the stage; one that is still being loaded may fit.
  const order = [...known.keys(), ...before];
  const able = [...new Set(order)].filter((name) => { const panel = known.get(name); return panel ? wanted(name) && fits(panel) : before?.includes(name); });
  const kept = able.filter((name) => name !== "curves" && name !== "difference").slice(0, ROOM.all);
  chosen.value = [...kept.slice(0, ROOM.first), "difference", "curves", ...kept.slice(ROOM.first)];
}

/** Back to one run: the shown one's setting is kept, and where it was the twin's, the run is made anew from its start to the same step. */
export async function endTwin() {
  const [first] = runs.peek(), one = shownRun.peek(), now = state.peek();
  if (!first || !one || !now) return;
  const changes = shownIndex.peek() > 0 ? Object.fromEntries(Object.entries(one.changes).filter(([path]) => !one.unfit?.includes(path))) : {};
  const { playing, step } = now;
  try {
    await arrange([first]);
    if (before) chosen.value = before;
    before = null;
    shown.value = null;
    if (Object.keys(changes).length) await become(changes, one.divergence ? 0 : step);
    if (playing && !one.divergence) await command("play");
    announce("One run again.");
  } catch (error) {
    tell(/** @type {Error} */ (error).message, { level: "warning" });
  }
}

/** @param {Record<string, any>} changes @param {number} step */
async function become(changes, step) {
  if (state.peek()?.playing) await command("pause");
  await command("set", { changes });
  await command("reset", { seed: "same" });
  if (step) await attempt("step", { by: "batch", count: step });
}
