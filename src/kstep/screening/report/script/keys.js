// The keys. Single letters can be switched off for those whose tools send letters of their own.

const help = byId("help");

function writing(target) {
  return target.matches("input[type=search], select, textarea");
}

function pageOfRows() {
  return Math.max(1, Math.floor(queue.clientHeight / rowHeight()) - 1);
}

const letters = {
  j: () => moveBy(1),
  k: () => moveBy(-1),
  "/": () => byId("words").focus(),
  "?": () => help.showModal(),
};

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
