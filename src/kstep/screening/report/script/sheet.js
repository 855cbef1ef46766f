// The sheet: person on the left, entry on the right, and between them how each field of the one stands to the other.

const SHOWN_AT_ONCE = 4;

// A row of evidence as the data hold it: label, state, the state's mark, both values, relation, bits.
function evidenceOf([label, state, sign, person, entry, relation, bits]) {
  return { label, state, sign, person, entry, relation, bits };
}

// One line for each label that the person, the evidence or the entry has, in this order.
function alignedLines(match) {
  const evidence = match.evidence.map(evidenceOf);
  const person = new Map(personOf(match).details);
  const entry = new Map(entryOf(match).details);
  const inOrder = Object.values(page.labels);
  const labels = new Set([...inOrder, ...person.keys(), ...evidence.map((row) => row.label), ...entry.keys()]);
  return [...labels].map((label) => {
    const rows = evidence.filter((row) => row.label === label);
    const isName = label === page.labels.name;
    const line = {
      label,
      rows,
      bits: rows.reduce((sum, row) => sum + row.bits, 0),
      person: valuesOf(person.get(label), isName ? [match.name] : rows.flatMap((row) => row.person.split("; "))),
      entry: valuesOf(entry.get(label), isName ? [match.matched] : rows.flatMap((row) => row.entry.split("; "))),
      parts: isName || rows.length > 1 ? rows : [],
    };
    const oneSided = inOrder.includes(label) && !line.person.length !== !line.entry.length;
    return { ...line, state: overallState(rows) ?? (oneSided ? "absent" : null) };
  }).filter((line) => line.rows.length || line.person.length || line.entry.length);
}

// How a field as a whole stands, from its rows; null where there are none.
function overallState(rows) {
  const states = new Set(rows.map((row) => row.state).filter((state) => state !== "allowance"));
  if (states.size <= 1) return [...states][0] ?? null;
  return rows.reduce((sum, row) => sum + row.bits, 0) > 0 ? "similar" : "differs";
}

// A record's values with the compared ones first: [text, note, compared].
function valuesOf(details = [], compared) {
  const known = new Set(compared.filter((text) => text));
  const first = [...known].map((text) => [text, details.find((value) => value[0] === text)?.[1] ?? "", true]);
  return [...first, ...details.filter((value) => !known.has(value[0])).map(([text, note]) => [text, note, false])];
}

function valueItem([text, note, compared]) {
  return make("li", compared ? { class: "compared" } : {}, bdi(text), note ? make("small", {}, ` ${note}`) : null);
}

function valueList(values, folded) {
  if (!values.length) return make("span", { class: "nothing" }, "not given");
  const items = values.map(valueItem);
  const list = make("ul", { class: "values" }, ...items.slice(0, SHOWN_AT_ONCE));
  const rest = items.slice(SHOWN_AT_ONCE);
  if (!rest.length) return list;
  if (!folded) {
    list.append(...rest);
    return list;
  }
  const summary = make("summary", {}, `${rest.length} more`);
  return make("div", {}, list, make("details", {}, summary, make("ul", { class: "values" }, ...rest)));
}

function verdict(state, relation) {
  const [sign, word] = page.states[state];
  const said = ["equal", "same", "conflict"].includes(relation) ? "" : relation;
  const cell = make("span", { class: `verdict ${state}` }, mark(sign), " ", make("span", { class: "word" }, word));
  if (said) cell.append(make("span", { class: "relation" }, said));
  return cell;
}

function bitsCell(bits) {
  const kind = bits < 0 ? "n loss" : bits > 0 ? "n gain" : "n";
  return make("td", { role: "cell", class: kind, title: `${bits.toFixed(3)} bits` }, bits ? signed(bits) : "0");
}

function sheetRow(kind, label, person, between, entry, bits) {
  return make("tr", { role: "row", class: kind },
    make("th", { role: "rowheader", scope: "row" }, label),
    make("td", { role: "cell", class: "person" }, person),
    make("td", { role: "cell", class: "between" }, between),
    make("td", { role: "cell", class: "entry" }, entry),
    bits);
}

function lineRow(line, folded) {
  const said = line.rows.length === 1 && !line.parts.length ? line.rows[0].relation : "equal";
  return sheetRow(line.state, line.label, valueList(line.person, folded), verdict(line.state, said),
    valueList(line.entry, folded), bitsCell(line.bits));
}

// A field that is shown but not compared.
function plainRow(line) {
  const side = (values) => (values.length ? valueList(values, true) : "");
  return sheetRow("plainly", line.label, side(line.person), notCompared(line), side(line.entry), emptyCell());
}

// On paper, all fields that are not compared in one row.
function gatheredRow(lines) {
  const side = (key) => make("ul", { class: "values" }, ...lines.filter((line) => line[key].length).map((line) =>
    make("li", {}, `${line.label}: `, ...line[key].flatMap(([text], place) => [place ? ", " : "", bdi(text)]))));
  return sheetRow("plainly", "Also", side("person"), notCompared(), side("entry"), emptyCell());
}

// A field that could be compared but says nothing, such as two documents of different kinds; or one that never is.
function notCompared(line) {
  const comparable = line && Object.values(page.labels).includes(line.label);
  return make("span", { class: "nothing" }, comparable ? "no evidence" : "not compared");
}

function emptyCell() {
  return make("td", { role: "cell", class: "n" });
}

function partRow(part) {
  const sign = part.sign ? mark(part.sign) : null;
  return sheetRow(`part ${part.state}`, hidden(`${part.label}, in part`), bdi(part.person),
    make("span", { class: "word" }, ...[sign, part.relation].filter((piece) => piece)), bdi(part.entry), bitsCell(part.bits));
}

// The whole table. `folded`: long lists of values open on demand; on paper nothing can be opened, so all is written.
function sheet(match, folded) {
  const source = sourceOf(match);
  const side = (kind, name, parts) => make("th", { role: "columnheader", scope: "col", class: kind },
    make("span", { class: "overline" }, kind), bdi(name, { class: "name" }), make("span", { class: "id" }, ...parts));
  const head = make("tr", { role: "row" },
    make("th", { role: "columnheader", scope: "col" }, hidden("Field")),
    side("person", match.name, [bdi(personOf(match).id)]),
    make("th", { role: "columnheader", scope: "col", class: "between" }, hidden("How they compare")),
    side("entry", match.entryName, [bdi(source.list), " · ", bdi(entryOf(match).id)]),
    make("th", { role: "columnheader", scope: "col", class: "n bits" }, "Bits"));
  const lines = alignedLines(match);
  const compared = lines.filter((line) => line.state), others = lines.filter((line) => !line.state);
  const body = compared.flatMap((line) => [lineRow(line, folded), ...line.parts.map(partRow)]);
  if (folded) body.push(...others.map(plainRow));
  else if (others.length) body.push(gatheredRow(others));
  const foot = make("tr", { role: "row" },
    make("th", { role: "rowheader", scope: "row", colspan: "4" }, "All evidence together"), bitsCell(match.bits));
  return make("table", { role: "table", class: "sheet", "aria-label": "Person and entry side by side" },
    make("thead", { role: "rowgroup" }, head),
    make("tbody", { role: "rowgroup" }, ...body),
    make("tfoot", { role: "rowgroup" }, foot));
}
