// Improvements of every page inside a sign-in. Without this file and with cookies all pages work.
(() => {
  const { signIn, proof, parent: parents } = document.body.dataset;
  const store = (name) => { try { return window.sessionStorage.getItem(name); } catch { return null; } };
  const token = proof === "cookie" ? null : store(`in:${signIn}`);

  const post = (path, fields) => {
    const body = new URLSearchParams(fields);
    const headers = token ? { Authorization: `Bearer ${token}` } : {};
    return fetch(`/in/${signIn}/${path}`, { method: "POST", body, headers });
  };

  // No cookies here: the next page is opened with a ticket, a form carries the token itself.
  const open = async (address) => {
    const answer = await post("ticket", { address });
    window.location.assign(answer.ok ? (await answer.json()).address : address);
  };
  const isOurs = (url) => url.origin === window.location.origin && url.pathname.startsWith("/in/");

  const withoutCookies = () => {
    const here = new URL(window.location.href);
    if (here.searchParams.has("ticket")) {
      ["ticket", "again"].forEach((name) => here.searchParams.delete(name));
      window.history.replaceState(null, "", here);
    }
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[href]");
      if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
      const url = new URL(link.href);
      if (!isOurs(url) || link.target || (url.hash && url.pathname === window.location.pathname && url.search === window.location.search)) return;
      event.preventDefault();
      open(url.pathname + url.search + url.hash);
    });
    document.addEventListener("submit", (event) => {
      const form = event.target;
      if (event.defaultPrevented) return;
      if (form.method === "post") {
        const field = document.createElement("input");
        Object.assign(field, { type: "hidden", name: "sign_in_token", value: token });
        form.append(field);
        return;
      }
      event.preventDefault();
      open(`${new URL(form.action).pathname}?${new URLSearchParams(new FormData(form))}`);
    });
    const sign = (event) => {
      const context = event.detail.ctx;
      if (context) context.request.headers.Authorization = `Bearer ${token}`;
      else event.detail.headers.Authorization = `Bearer ${token}`;
    };
    document.addEventListener("htmx:config:request", sign);
    document.addEventListener("htmx:configRequest", sign);
  };
  if (token) withoutCookies();

  // A second click on the same button is one too many.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
  }, true);
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
  });

  // Forms that keep themselves: <form data-autosave> says when it was saved in its .saved line.
  document.querySelectorAll("form[data-autosave]").forEach((form) => {
    const line = form.querySelector(".saved");
    let waiting;
    const save = async () => {
      const fields = new URLSearchParams(new FormData(form));
      fields.set("_path", new URL(form.action).pathname);
      try {
        const answer = await post("drafts", fields);
        const time = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }).format(new Date());
        if (line) line.textContent = answer.ok ? line.dataset.saved.replace("{time}", time) : line.dataset.failed;
      } catch { if (line) line.textContent = line.dataset.failed; }
    };
    form.addEventListener("input", () => { window.clearTimeout(waiting); waiting = window.setTimeout(save, 800); });
  });

  // On a narrow screen the word of this page is scrolled into the line.
  document.querySelector(".nav-line [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });

  // In a window of its own, nothing of the LMS is around the page: there is a way back.
  if (window.parent === window) {
    document.querySelectorAll("[data-unframed]").forEach((way) => { way.hidden = false; });
  }

  // What went wrong, or what was asked for, gets the focus.
  document.querySelector("[data-focus]")?.focus();

  // What has happened is told to who listens: a live region speaks of changes, not of what is there from the start.
  const status = document.getElementById("status");
  if (status?.childElementCount) {
    window.setTimeout(() => status.replaceChildren(...[...status.childNodes].map((node) => node.cloneNode(true))), 150);
  }

  // The availability grid: arrow keys walk, painting with the pointer is an extra.
  document.querySelectorAll("table.week").forEach((grid) => {
    const at = (row, column) => grid.tBodies[0].rows[row]?.cells[column]?.querySelector("input");
    grid.addEventListener("keydown", (event) => {
      const cell = event.target.closest("td");
      const move = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
      if (!cell || !move) return;
      const next = at(cell.parentElement.rowIndex - 1 + move[0], cell.cellIndex + move[1]);
      if (next) { event.preventDefault(); next.focus(); }
    });
    let paint = null;
    grid.addEventListener("pointerdown", (event) => {
      if (event.target.matches("input") && event.pointerType === "mouse") paint = !event.target.checked;
    });
    grid.addEventListener("pointerover", (event) => {
      if (paint === null || !event.buttons || !event.target.matches("input") || event.target.checked === paint) return;
      event.target.checked = paint;
      event.target.dispatchEvent(new Event("input", { bubbles: true }));
    });
    window.addEventListener("pointerup", () => { paint = null; });
  });

  // The LMS gives the frame the height of its content where it listens (lti.frameResize).
  if (window.parent !== window) {
    let told = 0;
    const tell = () => {
      const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
      if (Math.abs(height - told) < 8) return;
      told = height;
      (parents || "").split(" ").filter(Boolean).forEach((origin) => {
        window.parent.postMessage({ subject: "lti.frameResize", height }, origin);
      });
    };
    new ResizeObserver(tell).observe(document.documentElement);
  }
})();
