/** Where the person is, in step with the address: going there, coming back by the browser's buttons, and the page's title. */
import { effect, signal } from "@preact/signals";
import { lab } from "../store.js";
import { read, same, write } from "./address.js";

/** @type {import("@preact/signals").Signal<import("./address.js").Place>} */
export const here = signal(read(location.href));

/** @type {{enter: () => void, leave: () => void}} */
let doors = { enter: () => {}, leave: () => {} };

/** @param {import("./address.js").Place} to */
function move(to) {
  if (same(here.peek(), to)) return;
  if (here.peek().lab !== null) doors.leave();
  here.value = to;
  if (to.lab !== null) doors.enter();
}

/** @param {string|null} name a lab's, or null for the shelf */
export function go(name) {
  const to = { lab: name, hash: "" };
  if (same(here.peek(), to)) return;
  history.pushState(null, "", write(name));
  move(to);
  scrollTo(0, 0);
}

/** A link named its lab: from now on the address does, too. @param {string} name */
export function settled(name) {
  const { lab: asked, hash } = here.peek();
  if (asked === name) return;
  here.value = { lab: name, hash };
  history.replaceState(history.state, "", write(name, hash));
}

/** For plain presses of a link to a place of this page; all others are the browser's. @param {MouseEvent} event @param {string|null} name */
export function follow(event, name) {
  if (event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go(name);
}

/** @param {typeof doors} act what is done whenever a lab is entered or left */
export function startWhere(act) {
  doors = act;
  addEventListener("popstate", () => move(read(location.href)));
  effect(() => { /** @type {HTMLElement} */ (document.getElementById("app")).dataset.view = here.value.lab === null ? "shelf" : "lab"; });
  effect(() => { document.title = here.value.lab !== null && lab.value ? `${lab.value.title} · Neural Playground` : "Neural Playground"; });
  if (here.peek().lab !== null) doors.enter();
}
