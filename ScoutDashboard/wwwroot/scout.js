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

  // Up and down go through a list's rows by their links; down from the filters above leads into it. Enter opens, as on any link.
  document.addEventListener("keydown", (event) => {
    if ((event.key !== "ArrowDown" && event.key !== "ArrowUp") || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const rows = [...document.querySelectorAll("tr.clickable-row")];
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    const isInSearch = event.key === "ArrowDown" && document.activeElement?.closest(".list-search");
    const next = at >= 0 ? rows[at + (event.key === "ArrowDown" ? 1 : -1)] : isInSearch ? rows[0] : null;
    const link = next?.querySelector("a[href]");
    if (link) { event.preventDefault(); link.focus(); }
  });

  apply(choice());
})();
