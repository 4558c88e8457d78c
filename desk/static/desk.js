// Makes the desk's pages livelier; all of them work without it.
"use strict";

(() => {
  const each = (selector, act) => document.querySelectorAll(selector).forEach(act);

  // A form is sent once, also by a double click.
  const sendOnce = (event) => {
    const form = event.target;
    if (!form.matches(".js-once")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    forgetDrafts(form);
  };
  const sendAgain = () => each(".js-once", (form) => delete form.dataset.sent);

  // What is being written survives a lost session or line; it stays in this tab, with this person.
  const keyOf = (field) => `draft:${document.body.dataset.staff}:${field.dataset.draft}`;
  const keepDraft = (field) => sessionStorage.setItem(keyOf(field), field.value);
  // On a slow line somebody writes before this script listens: those words are kept too.
  const restoreDraft = (field) => {
    const kept = sessionStorage.getItem(keyOf(field));
    if (field.value) keepDraft(field);
    else if (kept) field.value = kept;
  };
  // Sent words are forgotten once the server has said that they were taken.
  const forgetDrafts = (form) => {
    const keys = Array.from(form.querySelectorAll(".js-draft"), keyOf);
    if (keys.length) sessionStorage.setItem("sent", JSON.stringify(keys));
  };
  const settleDrafts = () => {
    const done = new URLSearchParams(location.search).get("done");
    const sent = JSON.parse(sessionStorage.getItem("sent") || "[]");
    if (done) sent.forEach((key) => sessionStorage.removeItem(key));
    sessionStorage.removeItem("sent");
    if (done) {
      const address = new URL(location.href);
      address.searchParams.delete("done");
      history.replaceState(history.state, "", address);
    }
  };

  // The letters an SMS holds, which of them makes it dear, and a warning about CPR numbers.
  const count = (field) => {
    const counter = document.getElementById("answer-count");
    const warning = document.getElementById("answer-warning");
    if (!counter || !warning) return;
    const warnings = [];
    const swap = document.getElementById("answer-swap");
    if (field.matches(".js-sms")) {
      const sms = countSms(field.value + (field.dataset.added || ""));
      counter.textContent = field.dataset.counter
        .replace("#length", sms.length).replace("#segments", field.value ? sms.segments : 0)
        .replace("#left", sms.left);
      if (sms.special) warnings.push(field.dataset.special.replace("#letter", () => sms.special));
      if (swap) swap.hidden = plainSms(field.value) === field.value;
      if (field.dataset.link && LINK.test(field.value)) warnings.push(field.dataset.link);
    }
    if (LIKE_CPR.test(field.value)) warnings.push(field.dataset.cpr);
    const said = warnings.join(" ");
    if (warning.textContent !== said) warning.textContent = said;
  };

  const prepare = () => {
    each(".js-draft", (field) => {
      if (field.dataset.ready) return;
      field.dataset.ready = "yes";
      restoreDraft(field);
    });
    each("#answer-body", count);
  };

  // The thread opens at its end, and follows it while the reader is there.
  const thread = () => document.getElementById("thread");
  const isAtEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < 40;
  const toEnd = (box) => { box.scrollTop = box.scrollHeight; };
  let follow = true;

  const title = document.title;
  const countInTitle = () => {
    const waiting = Number(document.querySelector("[data-waiting]")?.dataset.waiting || 0);
    document.title = waiting ? `(${waiting}) ${title}` : title;
  };

  const fresh = () => {
    prepare();
    countInTitle();
    if (thread() && follow) toEnd(thread());
  };

  const offline = (is) => {
    const bar = document.getElementById("offline");
    if (bar) bar.hidden = !is;
  };

  document.addEventListener("submit", sendOnce);
  // Whoever has signed out leaves no words in this tab; one who was only warned keeps theirs.
  const hasSignedOut = location.search.includes("signed-out") || location.pathname === "/desk/sign-out";
  if (hasSignedOut && !document.body.dataset.staff) sessionStorage.clear();
  // A colleague of this script has put another page's content here, or words into a field.
  document.addEventListener("desk:fresh", fresh);
  document.addEventListener("input", (event) => {
    if (event.target.matches(".js-draft")) keepDraft(event.target);
    if (event.target.id === "answer-body") count(event.target);
  });
  window.addEventListener("pageshow", sendAgain);
  document.addEventListener("htmx:beforeSwap", () => { if (thread()) follow = isAtEnd(thread()); });
  document.addEventListener("htmx:beforeRequest", () => { if (thread()) follow = isAtEnd(thread()); });
  document.addEventListener("htmx:oobAfterSwap", fresh);
  document.addEventListener("htmx:sseOpen", () => offline(false));
  document.addEventListener("htmx:sseError", () => offline(true));
  // The session has ended: the page asks for a sign-in, and comes back to where it was.
  document.addEventListener("htmx:sseClose", (event) => {
    if (event.detail.type === "message") location.reload();
  });

  settleDrafts();
  fresh();
  if (thread()) toEnd(thread());
})();
