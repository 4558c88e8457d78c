// The chat without reloading: what is sent goes at once, and what is new comes by itself.
"use strict";

(() => {
  const chat = document.getElementById("chat");
  const { base } = chat.dataset;
  const form = document.getElementById("write");
  const field = document.getElementById("body");
  const state = document.getElementById("state");
  const LOOK_AGAIN = 10_000;
  const LINKS_STAND = 300_000;
  document.querySelectorAll(".js-not").forEach((each) => each.remove());
  document.querySelectorAll(".js-only").forEach((each) => { each.hidden = false; });

  // ---- A draft stays in this tab. A window on another site may have no such memory.
  const memory = (act) => { try { return act(window.sessionStorage); } catch { return null; } };
  const name = `draft:${base}`;
  const keep = () => memory((store) => store.setItem(name, field.value));
  const forget = () => memory((store) => store.removeItem(name));
  if (!field.value) field.value = memory((store) => store.getItem(name)) || "";
  field.addEventListener("input", keep);

  // ---- What is new.
  const parse = (html) => new DOMParser().parseFromString(html, "text/html");
  const place = (id, there) => {
    const ours = document.getElementById(id);
    const theirs = there.getElementById(id);
    if (!theirs || ours.innerHTML.trim() === theirs.innerHTML.trim()) return;
    const held = ours.contains(document.activeElement);
    ours.replaceChildren(...theirs.childNodes);
    if (held) field.focus();
  };
  // The links to papers stand for minutes: they are made new where they are.
  const renew = (there) => {
    const [ours, theirs] = [document, there].map((from) => from.getElementById("plans"));
    if (ours.textContent !== theirs.textContent) { place("plans", there); return; }
    const links = ours.querySelectorAll("a");
    theirs.querySelectorAll("a").forEach((each, at) => links[at].setAttribute("href", each.getAttribute("href")));
  };
  // The choices carry a key that is new each time: they are put in place only when they differ.
  const words = (from) => Array.from(from.querySelectorAll("#choices button"), (each) => each.value).join("\n");

  const show = (html) => {
    const there = parse(html);
    const thread = document.getElementById("thread");
    const atEnd = form.getBoundingClientRect().top < window.innerHeight;
    let last = null;
    let fresh = false;
    there.querySelectorAll("#thread > li").forEach((each) => {
      let ours = document.getElementById(each.id);
      if (!ours) {
        ours = document.importNode(each, true);
        if (last) last.after(ours); else thread.prepend(ours);
        fresh = true;
      }
      last = ours;
    });
    place("now", there);
    if (fresh || words(there) !== words(document)) place("choices", there);
    renew(there);
    document.getElementById("of-a-talk").hidden = false;
    document.getElementById("resume")?.remove();
    if (fresh && atEnd) form.scrollIntoView({ block: "end" });
  };

  let looking = null;
  let again = false;
  let later = null;
  let looked = Date.now();
  const look = async () => {
    clearTimeout(later);
    looked = Date.now();
    if (looking) { again = true; return; }
    looking = fetch(`${base}/news`).then(async (answer) => {
      if (answer.status === 200) show(await answer.text());
    }).catch(() => {});
    await looking;
    looking = null;
    if (again) { again = false; await look(); return; }
    // Who writes may stop without a word.
    if (document.getElementById("now").textContent.trim()) later = setTimeout(look, LOOK_AGAIN);
  };

  const near = () => { if (Date.now() - looked > LINKS_STAND) look(); };
  ["pointerover", "focusin"].forEach((kind) => document.getElementById("plans").addEventListener(kind, near));
  document.addEventListener("visibilitychange", near);

  let source = null;
  const listen = () => {
    if (source) return;
    source = new EventSource(`${base}/events`);
    source.addEventListener("changed", look);
    // A stream that was refused does not come back by itself: it is asked for again.
    source.onerror = () => {
      if (source.readyState !== EventSource.CLOSED) return;
      source = null;
      setTimeout(() => { listen(); look(); }, 60_000);
    };
    source.addEventListener("ended", () => {
      source.close();
      forget();
      location.assign(`${base}?lang=${document.documentElement.lang}&ended=true`);
    });
  };

  // ---- Sending: the words stay in the field until we have them; the same words keep their key.
  const newKey = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  };
  const begun = (ours) => {
    if (ours.elements.begun) return;
    const mark = document.createElement("input");
    Object.assign(mark, { type: "hidden", name: "begun", value: "true" });
    ours.append(mark);
  };

  let busy = false;
  const send = async (ours, button) => {
    if (busy) return;
    const content = new URLSearchParams(new FormData(ours));
    if (button?.name) { content.set(button.name, button.value); content.delete("body"); }
    const written = field.value;
    busy = true;
    state.textContent = chat.dataset.sending;
    try {
      const answer = await fetch(ours.action, {
        method: "POST", body: content, headers: { "X-Chat-Script": "1" },
      });
      if (answer.status === 204) {
        document.getElementById("notice")?.remove();
        state.textContent = "";
        if (content.has("body")) {
          // What was written on while we waited stays.
          if (field.value.startsWith(written)) field.value = field.value.slice(written.length).trimStart();
          if (field.value) keep(); else forget();
        }
        form.elements.key.value = newKey();
        begun(form);
        listen();
        await look();
      } else {
        const there = parse(await answer.text());
        state.textContent = there.querySelector("#notice .alert-text")?.textContent || chat.dataset.unsent;
        // A form that had grown too old is made new, and so is the memory of a chat that is over.
        const secret = there.querySelector("#write [name=csrf_token]");
        if (secret) document.querySelectorAll("[name=csrf_token]").forEach((each) => { each.value = secret.value; });
        if (answer.status === 409) form.elements.begun?.remove();
      }
    } catch {
      state.textContent = chat.dataset.unsent;
    }
    busy = false;
    field.focus();
  };

  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".js-send")) { if (event.target.id === "end") forget(); return; }
    event.preventDefault();
    send(event.target, event.submitter);
  });
  // Enter sends; with Shift it begins a line. While a word is being put together it does neither.
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector(".button-primary"));
  });
  document.getElementById("print").addEventListener("click", () => window.print());

  // ---- In a window on another site: Escape asks the site to close it.
  if (window.parent !== window) {
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") window.parent.postMessage("mindelig:close", "*");
    });
  }

  if (chat.dataset.talk) { listen(); look(); }
})();
