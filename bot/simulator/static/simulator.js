// Keeps the newest message in sight, empties the box once a text is sent, and lets Enter send.
"use strict";

function showNewest(thread) {
  thread.scrollTop = thread.scrollHeight;
}

function begin() {
  document.querySelectorAll(".thread").forEach(showNewest);

  document.body.addEventListener("htmx:oobAfterSwap", (event) => {
    if (event.detail.target.classList.contains("thread")) {
      showNewest(event.detail.target);
    }
  });

  document.body.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest("[data-compose]");
    if (form && event.detail.successful) {
      form.reset();
    }
  });

  document.body.addEventListener("keydown", (event) => {
    const form = event.target.closest("[data-compose]");
    if (form && event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
}

begin();
