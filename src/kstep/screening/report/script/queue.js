// The queue: which possible matches fit the filters, in which order, and which one is open. Only rows in sight exist.

const queue = byId("queue"), strip = queue.firstElementChild;
const view = { shown: [], at: -1, only: null };
const alphabetical = new Intl.Collator("en", { numeric: true });
const texts = [];

// The texts in which a search looks, folded: ids and every name on both sides. Made once, at the first search.
function textOf(place) {
  if (!texts.length) {
    for (const match of page.matches) {
      const known = [personOf(match), entryOf(match)].flatMap((record) => record.details)
        .filter(([label]) => label === page.labels.name).flatMap(([, values]) => values.map(([text]) => text));
      texts.push(folded([personOf(match).id, entryOf(match).id, match.name, match.matched, match.entryName, ...known]
        .join("\n")));
    }
  }
  return texts[place];
}

function folded(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("ς", "σ");
}

// Places in `page.matches` (which stands in the order of evidence), by each order one can choose.
const orders = {
  most: (left, right) => left - right,
  least: (left, right) => right - left,
  name: by((match) => match.name),
  person: by((match) => personOf(match).id),
  list: by((match) => `${sourceOf(match).list}\n${entryOf(match).id}`),
};

function by(key) {
  return (left, right) => alphabetical.compare(key(page.matches[left]), key(page.matches[right])) || left - right;
}

function wanted() {
  const form = byId("filters");
  const bands = new Set([...form.querySelectorAll("[name=band]:checked")].map((box) => box.value));
  const list = byId("list").value;
  const words = folded(byId("words").value).split(/\s+/).filter((word) => word);
  return (match, place) => bands.has(match.band) && (!list || sourceOf(match).list === list)
    && (!view.only || match[view.only.side] === view.only.place)
    && words.every((word) => textOf(place).includes(word));
}

// Shows what fits. The open match stays open while it fits, except in a new order, which is read from its start.
function applyFilters(event) {
  const open = event?.target.id === "order" ? null : view.shown[view.at];
  const fits = wanted();
  view.shown = [];
  page.matches.forEach((match, place) => { if (fits(match, place)) view.shown.push(place); });
  view.shown.sort(orders[byId("order").value]);
  const all = page.matches.length, amount = view.shown.length;
  byId("count").textContent = amount === all ? `${counted(all)} in all` : `${counted(amount)} of ${counted(all)}`;
  byId("print").hidden = !amount;
  byId("print").textContent = `Print these ${counted(amount)}`;
  byId("only").hidden = !view.only;
  queue.scrollTop = 0;
  view.at = -1;
  if (amount) openAt(Math.max(0, view.shown.indexOf(open)));
  else { drawRows(); showNoMatch(); }
}

function showOnly(side, place) {
  clearForm();
  view.only = { side, place };
  const record = side === "person" ? page.people[place] : page.entries[place];
  byId("only").firstElementChild.replaceChildren(`Only ${side} `, bdi(record.id));
  applyFilters();
  queue.focus();
}

function clearForm() {
  view.only = null;
  byId("words").value = "";
  byId("list").value = "";
  for (const box of byId("filters").querySelectorAll("[name=band]")) box.checked = true;
}

function clearFilters() {
  clearForm();
  applyFilters();
  queue.focus();
}

// Opens the match at this place of the queue and brings its row into sight.
function openAt(at) {
  if (at < 0 || at >= view.shown.length) return;
  const changed = at !== view.at;
  view.at = at;
  const height = rowHeight();
  if (at * height < queue.scrollTop) queue.scrollTop = at * height;
  else if ((at + 1) * height > queue.scrollTop + queue.clientHeight) {
    queue.scrollTop = (at + 1) * height - queue.clientHeight;
  }
  drawRows();
  if (changed) showMatch(page.matches[view.shown[at]], at, view.shown.length);
}

function moveBy(distance) {
  openAt(Math.max(0, Math.min(view.shown.length - 1, view.at + distance)));
  const match = page.matches[view.shown[view.at]];
  if (!match) return;
  byId("spoken").textContent = `Possible match ${view.at + 1} of ${view.shown.length}: ${match.name} and `
    + `${match.entryName}, ${match.band} band, ${plain(match.bits)} bits`;
  const top = byId("match").getBoundingClientRect().top;
  if (top < 0 && queue.getBoundingClientRect().bottom > 0) byId("match").scrollIntoView({ block: "start" });
}

function rowHeight() {
  return parseFloat(getComputedStyle(queue).getPropertyValue("--row")) * parseFloat(getComputedStyle(queue).fontSize);
}

function drawRows() {
  const height = rowHeight(), amount = view.shown.length;
  strip.style.height = `${amount * height}px`;
  const first = Math.max(0, Math.floor(queue.scrollTop / height) - 6);
  const last = Math.min(amount, Math.ceil((queue.scrollTop + queue.clientHeight) / height) + 6);
  const drawn = [];
  for (let at = first; at < last; at += 1) drawn.push(rowAt(at, height));
  if (view.at >= 0 && (view.at < first || view.at >= last)) drawn.push(rowAt(view.at, height));
  strip.replaceChildren(...drawn);
  if (view.at >= 0) queue.setAttribute("aria-activedescendant", `row-${view.shown[view.at]}`);
  else queue.removeAttribute("aria-activedescendant");
}

function rowAt(at, height) {
  const place = view.shown[at], match = page.matches[place];
  const row = make("div", { role: "option", class: "row", id: `row-${place}`, "aria-selected": at === view.at,
    "aria-setsize": view.shown.length, "aria-posinset": at + 1, "data-at": at },
  make("span", { class: "top" }, bandChip(match.band), make("span", { class: "n" }, `${plain(match.bits)} bits`)),
  bdi(match.name, { class: "who" }),
  make("span", { class: "what" }, bdi(match.entryName), make("small", {}, bdi(sourceOf(match).list))));
  row.style.top = `${at * height}px`;
  return row;
}
