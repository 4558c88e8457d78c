// Shortcuts. Which key does what stands in the page (data-key), so a part that is put in later
// brings its own. They rest while somebody writes, and can be turned off (WCAG 2.1.4).
"use strict";

(() => {
  const sheet = document.getElementById("keys");
  const opener = document.getElementById("keys-open");
  if (!sheet || !opener) return;
  const areOn = document.body.dataset.keys === "on";
  const SECOND_KEY = 1500;
  const FIELDS = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=submit], [type=button])";
  const ROWS = "main .row-link, main .departures h2 a";
  const SEARCH = 'main [data-key="/"], main input[type=search], main #q';

  // A field in something folded can be reached too: all that is folded around it opens.
  const canBeReached = (element) =>
    !element.disabled && !element.closest("[hidden]") && (element.getClientRects().length || element.closest("details:not([open])"));
  const find = (selector) => Array.from(document.querySelectorAll(selector)).find(canBeReached);

  const reach = (element) => {
    for (let fold = element.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    if (element.matches("a, button")) element.click();
    else if (element.matches("summary")) element.parentElement.querySelector("textarea, [type=radio]:checked, button").focus();
    else element.focus();
  };

  // Rows: after one that went away (a colleague took it) comes the one that has its place now.
  let place = -1;
  const step = (by) => {
    const rows = Array.from(document.querySelectorAll(ROWS));
    if (!rows.length) return false;
    const here = rows.indexOf(document.activeElement);
    const wanted = here >= 0 ? here + by : place >= 0 ? place : 0;
    place = Math.min(Math.max(wanted, 0), rows.length - 1);
    rows[place].focus();
    rows[place].scrollIntoView({ block: "nearest" });
    return true;
  };

  let firstAt = 0;
  const act = (key) => {
    const isSecond = Date.now() - firstAt < SECOND_KEY;
    firstAt = 0;
    if (isSecond) return press(`[data-key="g ${CSS.escape(key)}"]`);
    if (key === "g") { firstAt = Date.now(); return true; }
    if (key === "?") { sheet.showModal(); return true; }
    if (key === "j") return step(1);
    if (key === "k") return step(-1);
    return press(key === "/" ? SEARCH : `[data-key="${CSS.escape(key)}"]`);
  };
  // The menu may be folded away on a narrow screen: its links lead on all the same.
  const press = (selector) => {
    const found = selector.startsWith('[data-key="g ') ? document.querySelector(selector) : find(selector);
    if (found) reach(found);
    return Boolean(found);
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.altKey || sheet.open) return;
    const from = event.target;
    const isWriting = from.matches?.(FIELDS);
    if (event.ctrlKey || event.metaKey) {
      if (event.key !== "Enter" || !from.matches?.("textarea")) return;
      event.preventDefault();
      from.form?.requestSubmit();
    } else if (isWriting) {
      if (event.key === "Escape") from.blur();
    } else if (areOn && !event.repeat && event.key.length === 1 && act(event.key.toLowerCase())) {
      event.preventDefault();
    } else if (areOn && event.repeat && "jk".includes(event.key)) {
      step(event.key === "j" ? 1 : -1);
    }
  });

  opener.addEventListener("click", () => sheet.showModal());
  // Once the page is whole, and its fields answer too, it says that it listens.
  document.addEventListener("DOMContentLoaded", () => { opener.hidden = false; });
})();
