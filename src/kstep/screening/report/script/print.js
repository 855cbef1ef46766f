// On paper: the summary, then every possible match that fits the filters, as a compact block without controls.

function chosenFilters() {
  const said = [];
  const boxes = [...byId("filters").querySelectorAll("[name=band]")];
  if (boxes.some((box) => !box.checked)) {
    said.push(`band ${boxes.filter((box) => box.checked).map((box) => box.value).join(" or ") || "none"}`);
  }
  if (byId("list").value) said.push(`list ${byId("list").value}`);
  if (byId("words").value.trim()) said.push(`name or id with “${byId("words").value.trim()}”`);
  if (view.only) said.push(byId("only").firstElementChild.textContent.toLowerCase());
  return said.join(", ");
}

function printedBlock(place, at) {
  const match = page.matches[place];
  return make("article", { class: "block" },
    make("header", {}, make("h3", {}, `Possible match ${counted(at + 1)}`), measure(match)),
    sheet(match, false), why(match), provenance(match));
}

function buildPrinted() {
  const filters = chosenFilters();
  const said = view.shown.length === page.matches.length ? `All ${counted(page.matches.length)} possible matches.`
    : `${counted(view.shown.length)} of ${counted(page.matches.length)} possible matches: ${filters}.`;
  byId("printed").replaceChildren(make("p", { class: "which" }, said), ...view.shown.map(printedBlock));
  byId("printed").hidden = false;
}

function dropPrinted() {
  byId("printed").hidden = true;
  byId("printed").replaceChildren();
}

window.addEventListener("beforeprint", buildPrinted);
window.addEventListener("afterprint", dropPrinted);
byId("print").addEventListener("click", () => window.print());
