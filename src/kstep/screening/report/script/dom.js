// Elements. Text only ever enters the page as a text node or an attribute's value: no name is read as markup.

const page = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}

function make(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function draw(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

// A name or an id, in a direction of its own: a right-to-left name does not turn what stands around it.
function bdi(text, attributes = {}) {
  return make("bdi", { dir: "auto", ...attributes }, text);
}

function mark(sign) {
  return make("span", { class: "mark", "aria-hidden": "true" }, sign);
}

function hidden(text) {
  return make("span", { class: "visually-hidden" }, text);
}

function signed(bits) {
  return (bits < 0 ? "−" : "+") + Math.abs(bits).toFixed(1);
}

// Bits that stand alone, where a plus would say nothing.
function plain(bits) {
  return signed(bits).replace("+", "");
}

function counted(amount) {
  return amount.toLocaleString("en");
}

function bandChip(band) {
  const [sign, word] = page.bands[band];
  return make("span", { class: `band band-${band}` }, mark(sign), ` ${word}`);
}

function personOf(match) {
  return page.people[match.person];
}

function entryOf(match) {
  return page.entries[match.entry];
}

function sourceOf(match) {
  return page.sources[match.source];
}
