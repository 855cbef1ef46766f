// The waterfall: from the odds before any evidence, step by step, to the total, with the threshold drawn through.

const TRACK = 26;
// Bits of the total and what they mean, the most telling first; where there is no room the later ones are left out.
const SCALE = [[0, "even"], [-9.966, "1 in 1,000"], [9.966, "99.9 %"], [-19.932, "1 in a million"], [19.932, "99.9999 %"]];
const ROOM = 0.24;

// Steps from the prior over each telling row of evidence to the total: {label, from, to, kind}.
function steps(match) {
  let at = match.prior;
  const made = [{ label: ["Odds before any evidence"], from: 0, to: at, kind: "sum" }];
  for (const row of match.evidence.map(evidenceOf)) {
    if (!row.bits) continue;
    made.push({ label: stepLabel(row), from: at, to: at + row.bits, kind: row.bits > 0 ? "for" : "against" });
    at += row.bits;
  }
  made.push({ label: ["Total"], from: 0, to: match.prior + match.bits, kind: "sum" });
  return made;
}

function stepLabel(row) {
  if (row.state === "allowance") return [`Allowance: ${row.relation}`];
  if (row.label !== page.labels.name) {
    const said = { equal: "agrees", conflict: "differs" }[row.relation] ?? row.relation;
    return [`${row.label}: ${said}`];
  }
  const names = [row.person, row.entry].filter((text) => text);
  if (names.length === 2 && names[0] !== names[1]) return [bdi(names[0]), ` ${row.sign} `, bdi(names[1])];
  return names.length ? [bdi(names[0]), row.state === "agrees" ? " agrees" : `: ${row.relation}`] : [row.relation];
}

// Where bits lie across the drawing, in per cent, with a little air on both sides.
function ruler(made) {
  const marks = made.flatMap((step) => [step.from, step.to]).concat(page.threshold);
  const low = Math.min(...marks), span = Math.max(...marks) - low;
  const share = (bits) => 0.02 + 0.96 * (bits - low) / span;
  return { share, at: (bits) => `${(100 * share(bits)).toFixed(2)}%` };
}

function upright(at, top, bottom, kind) {
  return draw("line", { class: kind, x1: at, x2: at, y1: top, y2: bottom });
}

function stepRow(step, place, made, scale) {
  const [left, right] = [Math.min(step.from, step.to), Math.max(step.from, step.to)];
  const width = `${(100 * (scale.share(right) - scale.share(left))).toFixed(2)}%`;
  const drawing = draw("svg", { width: "100%", height: TRACK, "aria-hidden": "true" },
    upright(scale.at(0), 0, TRACK, "zero"), upright(scale.at(page.threshold), 0, TRACK, "threshold"),
    place ? upright(scale.at(step.kind === "sum" ? step.to : step.from), 0, 7, "joint") : null,
    draw("rect", { class: step.kind, x: scale.at(left), y: 7, width, height: TRACK - 14 }),
    place < made.length - 1 ? upright(scale.at(step.to), TRACK - 7, TRACK, "joint") : null);
  const change = step.kind === "sum" ? step.to : step.to - step.from;
  return make("li", { class: step.kind }, make("span", { class: "step" }, ...step.label), drawing,
    make("span", { class: "n" }, signed(change)));
}

function scaleRow(...parts) {
  return make("li", { class: "scale", "aria-hidden": "true" }, make("span"),
    draw("svg", { width: "100%", height: 20 }, ...parts), make("span"));
}

function thresholdLabel(scale) {
  const leans = scale.share(page.threshold) > 0.5;
  return draw("text", { class: "threshold-label", x: scale.at(page.threshold), y: 13, dx: leans ? -6 : 6,
    "text-anchor": leans ? "end" : "start" }, `threshold ${page.thresholdShown}`);
}

function ticks(scale) {
  const kept = [];
  for (const [bits, said] of SCALE) {
    const share = scale.share(bits);
    const fits = kept.every(([other]) => Math.abs(scale.share(other) - share) > ROOM);
    if (share >= 0.02 && share <= 0.98 && fits) kept.push([bits, said]);
  }
  return kept.map(([bits, said]) => draw("text",
    { class: "tick", x: scale.at(bits), y: 14, "text-anchor": anchor(scale.share(bits)) }, said));
}

function anchor(share) {
  return share < 0.12 ? "start" : share > 0.88 ? "end" : "middle";
}

function waterfall(match) {
  const made = steps(match);
  const scale = ruler(made);
  return make("ol", { class: "waterfall", "aria-label": "From the odds before any evidence to the total, in bits" },
    scaleRow(upright(scale.at(page.threshold), 2, 20, "threshold"), thresholdLabel(scale)),
    ...made.map((step, place) => stepRow(step, place, made, scale)),
    scaleRow(...ticks(scale)));
}
