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
    return [`${row.label}: ${row.relation === "equal" ? "agrees" : row.relation === "conflict" ? "differs" : row.relation}`];
  }
  const names = [row.person, row.entry].filter((text) => text);
  if (names.length === 2 && names[0] !== names[1]) return [bdi(names[0]), ` ${row.sign} `, bdi(names[1])];
  return names.length ? [bdi(names[0]), row.state === "agrees" ? " agrees" : `: ${row.relation}`] : [row.relation];
}

function waterfall(match) {
  const made = steps(match);
  const limit = Math.log2(page.threshold / (1 - page.threshold));
  const marks = made.flatMap((step) => [step.from, step.to]).concat(Number.isFinite(limit) ? [limit] : []);
  const low = Math.min(...marks), span = (Math.max(...marks) - low) * 1.04 || 1;
  const across = (bits) => `${(100 * (bits - low) / span + 2 / 1.04).toFixed(2)}%`;
  const upright = (bits, top, bottom, kind) =>
    draw("line", { class: kind, x1: across(bits), x2: across(bits), y1: top, y2: bottom });
  const throughout = (height) => [upright(0, 0, height, "zero"),
    Number.isFinite(limit) ? upright(limit, 0, height, "threshold") : null];

  const row = (step, place) => {
    const left = Math.min(step.from, step.to), right = Math.max(step.from, step.to);
    const width = `${(100 * (right - left) / span).toFixed(2)}%`;
    const drawing = draw("svg", { width: "100%", height: TRACK, "aria-hidden": "true" }, ...throughout(TRACK),
      place ? upright(step.kind === "sum" ? step.to : step.from, 0, 7, "joint") : null,
      draw("rect", { class: step.kind, x: across(left), y: 7, width, height: TRACK - 14 }),
      place < made.length - 1 ? upright(step.to, TRACK - 7, TRACK, "joint") : null);
    const change = step.kind === "sum" ? step.to : step.to - step.from;
    return make("li", { class: step.kind }, make("span", { class: "step" }, ...step.label), drawing,
      make("span", { class: "n" }, signed(change)));
  };

  const thresholdLabel = Number.isFinite(limit)
    ? draw("text", { class: "threshold-label", x: across(limit), y: 13,
        "text-anchor": (limit - low) / span > 0.5 ? "end" : "start", dx: (limit - low) / span > 0.5 ? -6 : 6 },
      `threshold ${page.thresholdShown}`) : null;
  const ticks = scaleFor(low, span).map(([bits, said]) =>
    draw("text", { class: "tick", x: across(bits), y: 14, "text-anchor": anchor((bits - low) / span) }, said));
  const track = (height, ...parts) => make("li", { class: "scale", "aria-hidden": "true" }, make("span"),
    draw("svg", { width: "100%", height }, ...parts), make("span"));
  return make("ol", { class: "waterfall", "aria-label": "From the odds before any evidence to the total, in bits" },
    track(20, ...(Number.isFinite(limit) ? [upright(limit, 2, 20, "threshold")] : []), thresholdLabel),
    ...made.map(row), track(20, ...ticks));
}

function scaleFor(low, span) {
  const kept = [];
  for (const [bits, said] of SCALE) {
    const fits = kept.every(([other]) => Math.abs(other - bits) > ROOM * span);
    if (bits >= low && bits <= low + span / 1.04 && fits) kept.push([bits, said]);
  }
  return kept;
}

function anchor(share) {
  return share < 0.12 ? "start" : share > 0.88 ? "end" : "middle";
}
