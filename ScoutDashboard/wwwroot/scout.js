// Runs before the first paint: picks light or dark, and lets "/" focus the search.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const choices = ["system", "light", "dark"];

  const choice = () => {
    const match = /(?:^|; )scout-theme=(\w+)-/.exec(document.cookie);
    return match && choices.includes(match[1]) ? match[1] : "system";
  };

  const apply = (chosen) => {
    const theme = chosen === "system" ? (system.matches ? "dark" : "light") : chosen;
    document.documentElement.dataset.theme = theme;
    document.cookie = `scout-theme=${chosen}-${theme}; path=/; max-age=31536000; samesite=lax`;
    return theme === "dark";
  };

  let listener = null;
  system.addEventListener("change", () => {
    const dark = apply(choice());
    listener?.invokeMethodAsync("ShowDark", dark).catch(() => { listener = null; });
  });

  window.scoutTheme = {
    watch(reference) { listener = reference; return { choice: choice(), dark: apply(choice()) }; },
    set: (chosen) => apply(chosen),
  };

  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
    const search = document.getElementById("search");
    if (search) { event.preventDefault(); search.focus(); search.select(); }
  });

  apply(choice());
})();
