// Runs before the first paint (a plain script, not a module), so that a remembered dark page never flashes white.
(function () {
  let wish = "system";
  try { wish = localStorage.getItem("theme") || wish; } catch { /* a browser that keeps nothing */ }
  const dark = wish === "dark" || (wish !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
