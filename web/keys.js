/** Keys for the whole page. They rest while a person types or a dialog is open. */
import { attempt } from "./commands.js";
import { dialog, show } from "./dialogs/dialog.js";
import { enlarge, enlarged } from "./stage.js";
import { runs, several, show as showRun } from "./lanes/runs.js";
import { state } from "./store.js";
import { presenting, present } from "./theme.js";
import { back, forward, restart, togglePlay } from "./transport.js";

export const KEYS = [
  { keys: ["Space"], does: "Play or pause" },
  { keys: ["→"], does: "Forward by one batch or epoch, as chosen" },
  { keys: ["←"], does: "Back by one" },
  { keys: ["Shift", "→"], does: "Forward by one epoch (Shift ← back)" },
  { keys: ["R"], does: "Restart from the same weights" },
  { keys: ["Shift", "R"], does: "Restart from new weights" },
  { keys: ["Ctrl", "Z"], does: "Undo the last change of a setting or of the data" },
  { keys: ["Ctrl", "Shift", "Z"], does: "Redo it" },
  { keys: ["1", "…", "8"], does: "Show this run, where there are several" },
  { keys: ["P"], does: "Present: large type for a projector" },
  { keys: ["Esc"], does: "Back from an enlarged picture or from presenting" },
  { keys: ["/"], does: "Find a lab, on the shelf" },
  { keys: ["?"], does: "This list" },
];

export function startKeys() {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || dialog.value) return;
    const at = /** @type {HTMLElement} */ (event.target);
    if (typing(at)) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && state.peek()) {
      event.preventDefault();
      attempt(event.shiftKey ? "redo" : "undo");
      return;
    }
    if (event.ctrlKey || event.metaKey) return;
    const act = action(event, at);
    if (!act) return;
    event.preventDefault();
    act();
  });
}

/** @param {KeyboardEvent} event @param {HTMLElement} at @returns {(() => void)|null} */
function action({ key, shiftKey, repeat }, at) {
  if (key === "p") return () => present(!presenting.value);
  if (key === "?") return () => show("keys");
  if (key === "Escape" && presenting.value && !enlarged.value) return () => present(false);
  // All others are about a training, and on the shelf there is none.
  if (!state.peek()) return null;
  if (key === " ") return pressable(at) || repeat ? null : togglePlay;
  if (key === "ArrowRight") return ownArrows(at) ? null : () => forward(shiftKey ? "epoch" : undefined);
  if (key === "ArrowLeft") return ownArrows(at) ? null : () => back(shiftKey ? "epoch" : undefined);
  if (key === "r") return () => restart("same");
  if (key === "R") return () => restart("new");
  if (/^[1-8]$/.test(key) && several.peek()) return () => showRun(runs.peek()[Number(key) - 1]?.id);
  if (key === "Escape" && enlarged.value) return () => enlarge(null);
  return null;
}

/** @param {HTMLElement} at */
const typing = (at) => at.matches("textarea, select, [contenteditable], input:not([type=range], [type=checkbox], [type=radio])");
/** Space presses it. @param {HTMLElement} at */
const pressable = (at) => at.matches("button, summary, a, [role=menuitemradio], input[type=checkbox], input[type=radio]") && !at.matches(".play");
/** Arrow keys mean something here already. @param {HTMLElement} at */
const ownArrows = (at) => at.matches("input, canvas, [tabindex], [role=application]") || Boolean(at.closest("[role=menu], [role=radiogroup], [role=application], .panel-body"));
