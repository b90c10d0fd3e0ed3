/** Light, dark, and the projector's large type. Follows the system until a person chooses; the choice is remembered. */
import { signal } from "@preact/signals";

/** @type {import("@preact/signals").Signal<"light"|"dark">} */
export const theme = signal("light");
export const presenting = signal(false);

const system = matchMedia("(prefers-color-scheme: dark)");

function kept() {
  try { return localStorage.getItem("theme"); } catch { return null; }
}

/** @param {"light"|"dark"} wanted */
function show(wanted) {
  document.documentElement.dataset.theme = wanted;
  theme.value = wanted;
}

export function startTheme() {
  const chosen = kept();
  show(chosen === "dark" || (chosen !== "light" && system.matches) ? "dark" : "light");
  system.addEventListener("change", () => { if (!kept()) show(system.matches ? "dark" : "light"); });
}

export function switchTheme() {
  const wanted = theme.value === "dark" ? "light" : "dark";
  try {
    // Choosing what the system has anyway means following it again.
    if ((wanted === "dark") === system.matches) localStorage.removeItem("theme"); else localStorage.setItem("theme", wanted);
  } catch { /* not remembered, then */ }
  show(wanted);
}

/** Large type for the back row, controls folded. @param {boolean} on */
export function present(on) {
  presenting.value = on;
  if (on) {
    document.documentElement.dataset.present = "";
    document.documentElement.requestFullscreen?.().catch(() => {});
  } else {
    delete document.documentElement.dataset.present;
    if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
  }
}
