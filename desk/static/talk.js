// One conversation: nothing written is lost or sent twice, and colleagues are seen.
"use strict";

(() => {
  const BEAT = 10_000;
  const LONGEST_WAIT = 30_000;
  const staff = () => document.body.dataset.staff;
  const announce = () => document.dispatchEvent(new Event("desk:fresh"));
  const draftOf = (field) => `draft:${staff()}:${field.dataset.draft}`;

  // ---- Sending: the page stays until the server has answered, and the same words keep their key.
  const body = (form) => new URLSearchParams(new FormData(form));
  const attemptOf = (form) => `attempt:${staff()}:${form.getAttribute("action")}`;
  const words = (form) => form.querySelector("textarea").value;

  const rememberKey = (form) => {
    const key = form.elements.key;
    if (key) sessionStorage.setItem(attemptOf(form), JSON.stringify([key.value, words(form)]));
  };
  // An attempt whose outcome nobody knows is tried again under its own key.
  const recallKey = (form) => {
    const kept = JSON.parse(sessionStorage.getItem(attemptOf(form)) || "null");
    if (kept && form.elements.key && kept[1] === words(form)) form.elements.key.value = kept[0];
  };

  // News of the conversation may put a new form in the place of the one that was sent: what came
  // of the sending is said in the form that is seen.
  const unsettled = new Map();
  const seen = (form) =>
    form.isConnected ? form : document.querySelector(`.js-safe[action="${form.getAttribute("action")}"]`);

  const state = (form, text, again) => {
    if (again) unsettled.set(form, [text, again]); else unsettled.delete(form);
    paint(form, text, again);
  };

  const paint = (form, text, again) => {
    const box = seen(form)?.querySelector("[data-state]");
    if (!box) return;
    box.textContent = text;
    if (!again) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "function-link";
    button.textContent = form.dataset.again;
    button.addEventListener("click", again);
    box.append(" ", button);
  };

  document.addEventListener("htmx:oobAfterSwap", () => {
    unsettled.forEach(([text, again], form) => paint(form, text, again));
  });

  // While the server answers, news of it wait: the page that comes would take away what somebody
  // has begun in a form that came before it.
  const underWay = new Set();
  let heldBack = null;
  const isNews = (element) => element.matches("[hx-trigger^='sse:']");
  const holdBack = (event) => {
    const element = event.detail.elt;
    if (!underWay.size || !isNews(element)) return;
    heldBack = element;
    event.preventDefault();
  };
  document.addEventListener("htmx:beforeRequest", holdBack);
  document.addEventListener("htmx:beforeSwap", holdBack);
  const over = (form) => {
    underWay.delete(form);
    const late = heldBack;
    heldBack = null;
    if (late?.isConnected) htmx.trigger(late, "sse:changed");
  };
  // A form that the browser itself sends leaves the page; where it could not, news go on in a while.
  window.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || underWay.has(form)) return;
    underWay.add(form);
    setTimeout(over, BEAT, form);
  });
  window.addEventListener("pageshow", () => { underWay.clear(); stays = false; });

  let stays = false;
  const settled = (form) => sessionStorage.removeItem(attemptOf(form));

  const show = (html) => {
    htmx.swap("#main-content", html, { swapStyle: "outerHTML" }, { select: "#main-content" });
    announce();
    document.getElementById("main-content").focus();
    window.scrollTo(0, 0);
    const box = document.getElementById("thread");
    if (box) box.scrollTop = box.scrollHeight;
  };

  const arrive = async (form, response) => {
    const there = new URL(response.url);
    if (response.redirected) {
      const done = there.searchParams.has("done");
      if (done) {
        settled(form);
        const keys = Array.from(form.querySelectorAll(".js-draft"), draftOf);
        sessionStorage.setItem("sent", JSON.stringify(keys));
      }
      stays = done && there.pathname === location.pathname;
      location.assign(done || there.pathname === "/desk/sign-in" ? there : location.href);
      return;
    }
    if (response.status === 503) throw new Error("unavailable");
    if (response.status === 409) settled(form);
    show(await response.text());
    over(form);
  };

  const send = async (form, waited = 1000) => {
    clearTimeout(form.timer);
    form.timer = null;
    form.dataset.busy = "yes";
    state(form, form.dataset.sending);
    rememberKey(form);
    underWay.add(form);
    try {
      await arrive(form, await fetch(form.action, { method: "POST", body: body(form) }));
    } catch {
      const wait = Math.min(waited * 2, LONGEST_WAIT);
      form.timer = setTimeout(() => send(form, wait), wait);
      state(form, form.dataset.unsent, () => send(form));
      over(form);
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches(".js-safe")) return;
    event.preventDefault();
    if (form.dataset.busy && !form.timer) return; // under way already
    send(form);
  });
  window.addEventListener("online", () => {
    document.querySelectorAll(".js-safe[data-busy]").forEach((form) => {
      if (form.timer) send(form);
    });
  });

  // ---- Reusable texts: a click puts the words where the cursor was.
  const insert = (text) => {
    const field = document.getElementById("answer-body");
    if (!field) return;
    const gap = field.value && !field.value.endsWith("\n") ? "\n" : "";
    const at = field.selectionEnd || field.value.length;
    field.setRangeText(gap + text, at, at, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  };
  document.addEventListener("click", (event) => {
    const chosen = event.target.closest(".js-text");
    if (chosen && document.getElementById("answer-body")) {
      event.preventDefault();
      insert(chosen.dataset.body);
    }
    if (event.target.id === "answer-swap") {
      const field = document.getElementById("answer-body");
      field.value = plainSms(field.value);
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
    }
  });

  // ---- What is older is put above, and the reader stays at the same line.
  let fromEnd = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const box = document.getElementById("thread");
    fromEnd = event.detail.target.id === "earlier" && box ? box.scrollHeight - box.scrollTop : null;
  });
  document.addEventListener("htmx:afterSwap", () => {
    const box = document.getElementById("thread");
    if (fromEnd === null || !box) return;
    box.scrollTop = box.scrollHeight - fromEnd;
    fromEnd = null;
    (box.querySelector("#earlier a") || box).focus({ preventScroll: true });
  });

  // ---- Presence: the open page beats while it is seen, and says whether somebody writes.
  let typedAt = 0;
  let toldTyping = false;
  const beat = () => {
    const form = document.getElementById("presence-beat");
    if (!form || document.visibilityState !== "visible") return;
    toldTyping = Date.now() - typedAt < BEAT;
    const seen = document.querySelector("[name=seen_presence]");
    const values = { csrf_token: form.elements.csrf_token.value };
    if (toldTyping) values.typing = "yes";
    if (seen) values.seen_presence = seen.value;
    htmx.ajax("POST", form.dataset.address, { source: form, values, swap: "none" });
  };
  // A page that only comes anew says no goodbye: it could overtake the new page's first beat.
  const leave = () => {
    const form = document.getElementById("presence-beat");
    if (!form || stays) return;
    const values = new URLSearchParams(new FormData(form));
    values.set("leaving", "yes");
    navigator.sendBeacon(form.dataset.address, values);
  };
  document.addEventListener("input", (event) => {
    if (!event.target.matches(".js-typing")) return;
    typedAt = Date.now();
    if (!toldTyping) beat();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") beat(); else leave();
  });
  window.addEventListener("pagehide", leave);
  setInterval(beat, BEAT);

  const begin = () => {
    document.querySelectorAll(".js-safe").forEach(recallKey);
    if (document.activeElement.matches(".js-typing") && document.activeElement.value) typedAt = Date.now();
    beat();
  };
  begin();
})();
