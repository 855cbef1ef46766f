// The keys. Single letters can be switched off for those whose tools send letters of their own.

const help = byId("help");

function writing(target) {
  return target.matches("input[type=search], select, textarea");
}

function pageOfRows() {
  return Math.max(1, Math.floor(queue.clientHeight / rowHeight()) - 1);
}

function openHelp() {
  help.showModal();
  help.scrollTop = 0;
}

// A key that changes the match does so where it can be seen, also at the top of the page.
function bringIntoView() {
  const place = byId("match").getBoundingClientRect();
  if (place.top > innerHeight / 2 || place.bottom < 0) byId("matches").scrollIntoView();
}

function moveInView(count) {
  moveBy(count);
  bringIntoView();
}

function search() {
  bringIntoView();
  byId("words").focus({ preventScroll: true });
}

const letters = { j: () => moveInView(1), k: () => moveInView(-1), "/": search, "?": openHelp };

const inQueue = {
  ArrowDown: () => moveBy(1),
  ArrowUp: () => moveBy(-1),
  PageDown: () => moveBy(pageOfRows()),
  PageUp: () => moveBy(-pageOfRows()),
  Home: () => moveBy(-view.shown.length),
  End: () => moveBy(view.shown.length),
  Enter: () => byId("match-heading").focus(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
  const wantsQueue = event.target === queue && Object.hasOwn(inQueue, event.key);
  const wantsLetter = byId("letters").checked && !writing(event.target) && Object.hasOwn(letters, event.key);
  const leavesSearch = event.target === byId("words") && ["Enter", "ArrowDown"].includes(event.key);
  if (wantsQueue) inQueue[event.key]();
  else if (wantsLetter) letters[event.key]();
  else if (leavesSearch || (event.key === "Escape" && (byId("match").contains(event.target) || writing(event.target)))) {
    queue.focus();
  } else return;
  event.preventDefault();
});
