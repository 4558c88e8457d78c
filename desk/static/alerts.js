// Calls a caseworker while something urgent waits: sound, title, desktop notification, and words
// for a screen reader; again and again, until somebody takes the conversation.
// The bar on top is the server's and cannot be muted. Nothing here knows anything of a citizen.
"use strict";

(() => {
  const box = document.getElementById("alert-controls");
  if (!box) return;
  const say = box.dataset;
  const soundButton = document.getElementById("alert-sound");
  const notifyButton = document.getElementById("alert-notify");
  const remark = document.getElementById("alert-remark");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  // What is remembered in this browser, for all its tabs; a browser that keeps nothing still works.
  const memory = {
    get(key) { try { return localStorage.getItem(`desk-alerts:${key}`); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(`desk-alerts:${key}`, value); } catch { /* none */ } },
  };

  // What the bar says just now.
  const state = () => {
    const bar = document.getElementById("alert-state");
    return {
      count: Number(bar?.dataset.urgent || 0),
      isAcute: Number(bar?.dataset.acute || 0) > 0,
      last: bar?.dataset.last || "",
      again: Number(bar?.dataset.again || 60) * 1000,
    };
  };

  // One tab calls for all: who marks the time first. A new handoff does not wait for the interval.
  const isMyTurn = (what, now) => {
    const [at, last] = (memory.get(what) || "0|").split("|");
    const isTime = Date.now() - Number(at) >= now.again - 500 || last !== now.last;
    if (isTime) memory.set(what, `${Date.now()}|${now.last}`);
    return isTime;
  };

  // Sound: two notes, three when a life may be at stake. Browsers allow it after a click.
  let audio = null;
  const wantsSound = () => memory.get("sound") === "on";
  const canSound = () => audio !== null && audio.state === "running";
  const wake = async () => {
    if (!wantsSound()) return;
    audio = audio || new AudioContext();
    if (audio.state === "suspended") await audio.resume().catch(() => {});
    show();
  };
  const note = (pitch, begins) => {
    const tone = audio.createOscillator();
    const loudness = audio.createGain();
    tone.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.0001, begins);
    loudness.gain.exponentialRampToValueAtTime(0.3, begins + 0.03);
    loudness.gain.exponentialRampToValueAtTime(0.0001, begins + 0.35);
    tone.connect(loudness).connect(audio.destination);
    tone.start(begins);
    tone.stop(begins + 0.4);
  };
  const sound = (now) => {
    if (!wantsSound() || !canSound() || !isMyTurn("sounded", now)) return;
    const pitches = now.isAcute ? [880, 1175, 1568] : [660, 880];
    pitches.forEach((pitch, index) => note(pitch, audio.currentTime + index * 0.28));
    box.dataset.sounded = Number(box.dataset.sounded || 0) + 1;
  };

  // Desktop notification: how many, and nothing else; a locked screen shows it.
  const canNotify = () => "Notification" in window && Notification.permission === "granted";
  const notify = (now) => {
    if (!canNotify() || !isMyTurn("notified", now)) return;
    const shown = new Notification(say.notice, {
      body: say.noticeBody.replace("#count", now.count),
      tag: "mindelig-urgent",
      renotify: true,
      requireInteraction: now.isAcute,
      icon: "/static/icon.svg",
    });
    shown.onclick = () => { window.focus(); location.assign("/desk"); shown.close(); };
  };

  // A screen reader hears it again: the words are taken away and put back.
  const speak = (now) => {
    const spoken = document.getElementById("alert-spoken");
    if (!spoken) return;
    spoken.textContent = "";
    setTimeout(() => { spoken.textContent = say.noticeBody.replace("#count", now.count); }, 100);
  };

  // The title takes turns with the page's own; it stands still for who asked for less movement.
  let own = document.title;
  let isTurned = false;
  const turnTitle = () => {
    const now = state();
    if (!isTurned || document.title !== warning(now)) own = document.title.replace(prefix, "");
    isTurned = now.count > 0 && (calm.matches || !isTurned);
    const wanted = isTurned ? warning(now) : own;
    if (document.title !== wanted) document.title = wanted;
  };
  const prefix = new RegExp(`^\\(!\\d+\\) ${say.title} – `);
  const warning = (now) => `(!${now.count}) ${say.title} – ${own}`;

  let timer = null;
  const call = () => {
    clearTimeout(timer);
    const now = state();
    show();
    if (!now.count) return;
    sound(now);
    notify(now);
    speak(now);
    timer = setTimeout(call, now.again);
  };

  // After the bar was written anew: call at once when something came, stop when all are taken.
  let heard = "";
  const look = () => {
    const now = state();
    const news = now.count ? now.last : "";
    if (news === heard) return;
    heard = news;
    call();
  };

  const show = () => {
    box.hidden = false;
    soundButton.setAttribute("aria-pressed", String(wantsSound()));
    soundButton.lastElementChild.textContent = wantsSound() ? say.soundOff : say.soundOn;
    const permission = "Notification" in window ? Notification.permission : "unsupported";
    notifyButton.hidden = permission !== "default";
    const remarks = [];
    if (wantsSound() && !canSound()) remarks.push(say.soundWaits);
    if (permission === "granted") remarks.push(say.notifyDone);
    if (permission === "denied") remarks.push(say.notifyDenied);
    const said = remarks.join(" ");
    if (remark.textContent !== said) remark.textContent = said;
  };

  soundButton.addEventListener("click", async () => {
    memory.set("sound", wantsSound() ? "off" : "on");
    await wake();
    show();
    if (canSound() && wantsSound()) note(660, audio.currentTime); // so that one knows how it sounds
    if (state().count) { memory.set("sounded", "0|"); sound(state()); }
  });
  notifyButton.addEventListener("click", async () => {
    await Notification.requestPermission();
    show();
    if (state().count) notify(state());
  });
  // Any click or key on the page allows the sound that was asked for before.
  for (const act of ["pointerdown", "keydown"]) document.addEventListener(act, wake, { passive: true });
  window.addEventListener("storage", show);
  document.addEventListener("htmx:oobAfterSwap", look);
  document.addEventListener("htmx:load", look);
  setInterval(turnTitle, 1000);

  // A page that keeps nothing fresh itself hears of what is urgent all the same.
  if (!document.querySelector("[sse-connect]")) {
    const ask = () => {
      const seen = document.querySelector("[name=seen_alert]")?.value || "";
      htmx.ajax("GET", "/desk/alert", { swap: "none", values: { seen_alert: seen } });
    };
    const stream = new EventSource("/desk/events");
    stream.addEventListener("changed", ask);
    stream.addEventListener("ended", () => { stream.close(); location.reload(); });
    window.addEventListener("pagehide", () => stream.close());
  }

  show();
  look();
})();
