// A page looks now and then whether there is something new, and changes only what
// differs. Everything works without this file.
"use strict";

// Times, said as the server says them.
function relative(seconds) {
  const ahead = seconds < 0;
  const s = Math.abs(seconds);
  const say = (n, what) => {
    n = Math.floor(n);
    const text = n + " " + what + (n === 1 ? "" : "s");
    return ahead ? "in " + text : text + " ago";
  };
  if (s < 10 && !ahead) return "just now";
  if (s < 60) return say(s, "second");
  if (s < 3600) return say(s / 60, "minute");
  if (s < 48 * 3600) return say(s / 3600, "hour");
  if (s < 60 * 86400) return say(s / 86400, "day");
  return say(s / 86400 / 30, "month");
}

let skew = 0; // of this machine's clock to the server's, milliseconds

function tellTimes(root) {
  for (const t of root.querySelectorAll("time[datetime]")) {
    const text = relative((Date.now() + skew - Date.parse(t.dateTime)) / 1000);
    if (t.textContent !== text) t.textContent = text;
  }
}

// match makes an element like another one, and keeps what has not changed: the
// focus, what is typed, what is open and where it is scrolled to.
function match(now, then) {
  for (const a of [...now.attributes]) {
    if (!then.hasAttribute(a.name) && !(a.name === "open" && now.tagName === "DETAILS")) now.removeAttribute(a.name);
  }
  for (const a of then.attributes) {
    if (now.getAttribute(a.name) !== a.value && !(now.tagName === "INPUT" && a.name === "value" && now.type !== "hidden")) now.setAttribute(a.name, a.value);
  }
  const key = (n) => (n.nodeType === 1 && n.id ? n.nodeName + "#" + n.id : "");
  const known = new Map();
  for (const n of now.childNodes) if (key(n)) known.set(key(n), n);
  let at = now.firstChild;
  for (const want of [...then.childNodes]) {
    let have = key(want) ? known.get(key(want)) : at;
    while (!key(want) && have && key(have)) have = have.nextSibling;
    if (!have || have.nodeName !== want.nodeName || have.nodeType !== want.nodeType) {
      now.insertBefore(document.importNode(want, true), at);
      continue;
    }
    if (have !== at) now.insertBefore(have, at);
    else at = at.nextSibling;
    if (have.nodeType === 1) {
      if (!have.isEqualNode(want)) match(have, want);
    } else if (have.nodeValue !== want.nodeValue) have.nodeValue = want.nodeValue;
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

let tag = document.body.dataset.tag;
let failures = 0;

async function look() {
  const note = document.getElementById("live-note");
  try {
    const answer = await fetch(location.href, { headers: { "If-None-Match": tag }, cache: "no-store", redirect: "manual", credentials: "same-origin" });
    if (answer.type === "opaqueredirect" || answer.status === 401) {
      location.reload(); // the session has ended: the sign-in page leads back here
      return;
    }
    const date = Date.parse(answer.headers.get("Date") || "");
    if (date && Math.abs(date - Date.now()) > 2000) skew = date - Date.now();
    if (answer.status === 200) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const main = document.getElementById("main");
      tag = page.body.dataset.tag;
      document.body.dataset.poll = page.body.dataset.poll;
      if (!busy(main)) {
        tellTimes(page);
        match(main, page.getElementById("main"));
      } else tag = "";
    }
    failures = 0;
    note.textContent = "";
  } catch {
    failures++;
    if (failures > 2) note.textContent = "The server does not answer; this page may be old.";
  }
}

// busy reports whether somebody is typing in a form that writes: it stays theirs.
function busy(main) {
  const at = document.activeElement;
  return main.contains(at) && at.form && at.form.method === "post" && /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName);
}

function later() {
  const every = Number(document.body.dataset.poll);
  if (!every) return;
  setTimeout(async () => {
    if (!document.hidden) await look();
    later();
  }, every * 1000 * Math.min(8, 1 + failures));
}

later();
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && Number(document.body.dataset.poll)) look();
});
// The server's words are right as the page comes.
setInterval(() => tellTimes(document), 10000);

// Menus close when somebody goes elsewhere, or says so.
document.addEventListener("click", (e) => {
  for (const m of document.querySelectorAll("details.menu[open]")) if (!m.contains(e.target)) m.open = false;
});
document.addEventListener("keydown", (e) => {
  if (e.key !== "Escape") return;
  for (const m of document.querySelectorAll("details.menu[open]")) {
    m.open = false;
    m.querySelector("summary").focus();
  }
});

// A form is sent once: the button says that it was pressed.
document.addEventListener("submit", (e) => {
  for (const b of e.target.querySelectorAll("button")) setTimeout(() => (b.disabled = true));
});
addEventListener("pageshow", (e) => {
  if (e.persisted) for (const b of document.querySelectorAll("form[method=post] button[disabled]")) b.disabled = false;
});
