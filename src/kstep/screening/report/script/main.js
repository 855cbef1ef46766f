// The start: listeners, and the first match open.

byId("filters").addEventListener("input", applyFilters);
byId("filters").addEventListener("submit", (event) => event.preventDefault());
byId("only").lastElementChild.addEventListener("click", clearFilters);
byId("help-button").addEventListener("click", openHelp);

queue.addEventListener("scroll", () => requestAnimationFrame(drawRows), { passive: true });
queue.addEventListener("click", (event) => {
  const row = event.target.closest("[role=option]");
  if (!row) return;
  openAt(Number(row.dataset.at));
  if (matchMedia("(max-width: 60rem)").matches) byId("match").scrollIntoView({ block: "start" });
});
window.addEventListener("resize", () => requestAnimationFrame(drawRows));

byId("bench").hidden = false;
applyFilters();
