// Buttons and last resort of the dialog that shows while the connection is away.
(() => {
  const dialog = document.getElementById("components-reconnect-modal");
  const reconnect = async () => {
    try {
      if (!(await Blazor.reconnect())) location.reload();
    } catch {
      // Still away: the dialog stays and the button can be pressed again.
    }
  };
  dialog.addEventListener("components-reconnect-state-changed", (event) => {
    if (event.detail.state === "rejected") location.reload();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && dialog.classList.contains("components-reconnect-failed")) reconnect();
  });
  document.getElementById("reconnect-now").addEventListener("click", reconnect);
  document.getElementById("reload-page").addEventListener("click", () => location.reload());
})();
