// One script tag on the municipality's own site: a button that opens the chat in a window.
// It uses nothing of the site's: its button and window stand in a tree of their own.
"use strict";

(() => {
  const told = __TOLD__;
  const script = document.currentScript;
  const origin = new URL(script.src).origin;
  const language = script.dataset.lang || document.documentElement.lang.slice(0, 2);
  const words = told.words[language] || told.words.da;
  const look = new CSSStyleSheet();
  look.replaceSync(`
    :host { all: initial; position: fixed; right: 16px; bottom: 16px; z-index: 2147483000; font: 600 18px/1.4 system-ui, sans-serif; }
    button { all: unset; box-sizing: border-box; min-height: 48px; padding: 12px 20px; border: 2px solid #fff; border-radius: 24px; background: #004d99; color: #fff; cursor: pointer; }
    button:hover { background: #003a73; }
    button:focus-visible { outline: 3px solid #1a1a1a; outline-offset: 2px; }
    .window { position: fixed; right: 16px; bottom: 80px; width: min(400px, calc(100vw - 32px)); height: min(640px, calc(100vh - 96px)); border: 1px solid #454545; border-radius: 8px; background: #fff; overflow: hidden; }
    .window[hidden] { display: none; }
    iframe { display: block; width: 100%; height: 100%; border: 0; }
    @media (max-width: 480px) { .window { left: 0; right: 0; width: auto; border-radius: 0; } }
    @media print { :host { display: none; } }
  `);

  const host = document.createElement("div");
  const tree = host.attachShadow({ mode: "open" });
  tree.adoptedStyleSheets = [look];
  const panel = document.createElement("div");
  panel.className = "window";
  panel.id = "window";
  panel.hidden = true;
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", `${words.open}: ${words.title}`);
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-controls", "window");
  button.textContent = words.open;
  tree.append(panel, button);
  let frame = null;

  const open = () => {
    if (!frame) {
      frame = document.createElement("iframe");
      frame.title = `${words.open}: ${words.title}`;
      frame.src = `${origin}${told.path}?lang=${language === "en" ? "en" : "da"}`;
      panel.append(frame);
    }
    panel.hidden = false;
    button.setAttribute("aria-expanded", "true");
    button.textContent = words.close;
    frame.focus();
  };
  const close = () => {
    if (panel.hidden) return;
    panel.hidden = true;
    button.setAttribute("aria-expanded", "false");
    button.textContent = words.open;
    button.focus();
  };

  button.addEventListener("click", () => (panel.hidden ? open() : close()));
  tree.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  window.addEventListener("message", (event) => {
    if (frame && event.source === frame.contentWindow && event.origin === origin && event.data === "mindelig:close") close();
  });
  const put = () => document.body.append(host);
  if (document.body) put(); else document.addEventListener("DOMContentLoaded", put);
})();
