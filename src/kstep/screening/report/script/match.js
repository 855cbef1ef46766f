// One possible match as it is read: how strong, why in words, the sheet, the waterfall, and where it comes from.

const times = { person: new Map(), entry: new Map() };
for (const match of page.matches) {
  for (const side of ["person", "entry"]) times[side].set(match[side], (times[side].get(match[side]) ?? 0) + 1);
}

// The sentence: texts and names by turns.
function why(match) {
  return make("p", { class: "why" }, ...match.why.map((part, place) => (place % 2 ? bdi(part) : part)));
}

function measure(match) {
  return make("p", { class: "measure" }, bandChip(match.band),
    make("span", {}, make("b", {}, match.chance), " probability"),
    make("span", {}, make("b", {}, plain(match.bits)), " bits of evidence"));
}

function provenance(match) {
  const source = sourceOf(match);
  return make("p", { class: "provenance" }, "List ", bdi(source.list), ", edition ",
    make("span", { class: "hash" }, source.edition), ". Compared by ", bdi(source.engine), ".");
}

// What else this person or this entry is matched with; a button shows only those.
function relatives(match) {
  const parts = ["person", "entry"].filter((side) => times[side].get(match[side]) > 1).map((side) => {
    const button = make("button", { type: "button", class: "quiet" },
      `Show all ${times[side].get(match[side])} of this ${side}`);
    button.addEventListener("click", () => showOnly(side, match[side]));
    return button;
  });
  return parts.length ? make("p", { class: "relatives" }, ...parts) : null;
}

function stepButton(text, key, by, possible) {
  const button = make("button", { type: "button", class: "step-button", "aria-keyshortcuts": key }, text);
  button.disabled = !possible;
  button.addEventListener("click", () => moveBy(by));
  return button;
}

function showMatch(match, place, amount) {
  const heading = make("h3", { id: "match-heading", tabindex: "-1" }, `Possible match ${counted(place + 1)} `,
    make("span", {}, `of ${counted(amount)}`));
  byId("match").replaceChildren(
    make("header", {}, heading, make("div", { class: "steps" },
      stepButton("Previous", "k", -1, place > 0), stepButton("Next", "j", 1, place < amount - 1))),
    make("div", { class: "facts-of-match" }, measure(match), ...[relatives(match)].filter((part) => part)),
    why(match), sheet(match, true),
    make("section", { class: "fall", "aria-labelledby": "fall-heading" },
      make("h4", { id: "fall-heading" }, "How the bits add up"),
      make("p", {}, "To the right of the threshold line a pair is shown as a possible match."), waterfall(match)),
    provenance(match));
}

function showNoMatch() {
  const again = make("button", { type: "button", class: "primary" }, "Clear the filters");
  again.addEventListener("click", clearFilters);
  byId("match").replaceChildren(make("div", { class: "none" },
    make("h3", { id: "match-heading", tabindex: "-1" }, "No possible match fits these filters"),
    make("p", {}, "Try fewer letters of a name, or another band or list."), again));
}
