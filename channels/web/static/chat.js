// The page: the composer, the list of conversations, the connection.

import { Files } from "./files.js";
import { element } from "./markdown.js";
import { Room } from "./room.js";
import { makeId, Shelf } from "./shelf.js";
import { post, Stream } from "./wire.js";

const HIDDEN_MS = 60_000; // browsers allow few connections to a host: a page out of sight lets its own go
const AGAIN_MS = 3_000;
const LINES_PX = 220;
const ADMINS = "admin"; // what the hub says of its own accord

const $ = (id) => document.getElementById(id);
const about = JSON.parse(document.body.dataset.about);
const shelf = new Shelf(about.browser);
const narrow = matchMedia("(max-width: 760px)");
const text = $("text");
const scroller = $("scroller");
const files = new Files($("files"), about, () => fit(), (sentence) => ($("problem").textContent = sentence));

let current = "";
let room = null;
let stream = null;
let stuck = true;
let stopping = false;

// -- conversations ------------------------------------------------------------------------------------------------

function open(id) {
  if (current) shelf.keepDraft(current, text.value);
  stream?.shut();
  current = id;
  stopping = false;
  stuck = true;
  $("problem").textContent = "";
  room = new Room($("log"), about.regions, changed);
  for (const message of shelf.outbox(id)) room.put(message.id, { text: message.shown ?? message.text, state: "unsent" });
  files.take();
  text.value = shelf.draft(id);
  fit();
  const mine = room;
  stream = new Stream(id, (name, data) => mine === room && hear(name, data));
  list();
  changed();
  drawer(false);
}

function hear(name, data) {
  if (name === "open") {
    room.forgetParts();
    say("");
    flush();
  } else if (name === "lost") {
    say(navigator.onLine ? "Connection lost. Reconnecting…" : "You are offline. Reconnecting when the network is back…");
  } else if (name === "notice") {
    say(data.text);
  } else if (name === "state" && data.browser !== about.browser) {
    shelf.keepDraft(current, text.value);
    location.reload(); // another tab began the session: this page belongs to one that is no more
  } else {
    room.hear(name, data);
    if (name === "state" && current !== ADMINS && data.exchanges.length && !shelf.conversations.some((entry) => entry.id === current)) {
      shelf.named(current, data.exchanges[0].text);
      list();
    }
  }
}

function list() {
  const entries = shelf.conversations;
  const known = entries.find((entry) => entry.id === current);
  $("title").textContent = known ? known.title : current === ADMINS ? "Reports and alerts" : "New conversation";
  $("conversations").replaceChildren(...entries.map((entry) => element("li", {},
    element("a", { href: `#c=${entry.id}`, "aria-current": entry.id === current && "page", dir: "auto" }, entry.title))));
}

function changed() {
  $("welcome").hidden = room.exchanges.size > 0 || current === ADMINS;
  $("composer").hidden = current === ADMINS;
  if (!room.busy) stopping = false;
  $("stop").hidden = !room.busy;
  $("stop").disabled = stopping;
  $("stop").lastChild.textContent = stopping ? "Stopping…" : "Stop";
  if (stuck) scroller.scrollTop = scroller.scrollHeight;
  $("newest").hidden = stuck;
}

function say(sentence) {
  if ($("connection").textContent !== sentence) $("connection").textContent = sentence;
}

// -- sending ------------------------------------------------------------------------------------------------------

let flushing = false;
let again = 0;

function send() {
  const written = text.value.isWellFormed?.() === false ? text.value.toWellFormed() : text.value;
  if (!files.ready || !(written.trim() || files.entries.length)) return;
  if ([...written].length > about.text_at_most) {
    $("problem").textContent = `The message is too long: at most ${about.text_at_most.toLocaleString("en")} characters.`;
    return;
  }
  const attached = files.take();
  const shown = [attached.mentions, written].filter((part) => part.trim()).join("\n");
  const message = {
    id: makeId(), conversation: current, text: written, shown, files: attached.ids, region: shelf.region,
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone || "", locale: navigator.language || "",
  };
  shelf.named(current, written.trim() ? written : shown);
  shelf.put(message);
  text.value = "";
  shelf.keepDraft(current, "");
  $("problem").textContent = "";
  stuck = true;
  room.put(message.id, { text: shown, state: "unsent", problem: "" });
  list();
  fit();
  flush();
}

// What is on its way, in order, each under its own id: sent again, it is still the same message.
async function flush() {
  if (flushing) return;
  flushing = true;
  clearTimeout(again);
  for (let message; (message = shelf.outbox()[0]); ) {
    const { conversation, shown, ...body } = message;
    try {
      await post(`/api/conversations/${conversation}/messages`, body);
      shelf.sent(message.id);
      if (conversation === current && room.exchanges.get(message.id)?.state === "unsent") room.put(message.id, { state: "waiting" });
    } catch (error) {
      if (error.passing) {
        if (conversation === current) room.put(message.id, { problem: `Not sent yet. ${error.message} It goes out by itself.` });
        again = setTimeout(flush, AGAIN_MS);
        break;
      }
      giveBack(message, error.message);
    }
  }
  flushing = false;
}

function giveBack(message, sentence) {
  shelf.sent(message.id);
  const back = (draft) => (draft ? `${message.text}\n${draft}` : message.text);
  if (message.conversation !== current) return shelf.keepDraft(message.conversation, back(shelf.draft(message.conversation)));
  room.drop(message.id);
  text.value = back(text.value);
  shelf.keepDraft(current, text.value);
  $("problem").textContent = sentence;
  fit();
  changed();
}

async function stop() {
  stopping = true;
  changed();
  try {
    await post(`/api/conversations/${current}/stop`, {});
  } catch (error) {
    stopping = false;
    $("problem").textContent = error.message;
    changed();
  }
  text.focus();
}

async function signIn(token) {
  try {
    await post("/api/admin", { token });
    $("admin").hidden = false;
  } catch (error) {
    $("problem").textContent = error.message;
  }
}

// -- the page's own controls --------------------------------------------------------------------------------------

function fit() {
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight, LINES_PX)}px`;
  $("send").disabled = !files.ready || !(text.value.trim() || files.entries.length);
}

function drawer(shown) {
  const was = document.body.classList.contains("drawer");
  document.body.classList.toggle("drawer", shown);
  $("menu").setAttribute("aria-expanded", String(shown));
  $("sidebar").inert = narrow.matches && !shown;
  document.querySelector("main").inert = narrow.matches && shown;
  $("scrim").hidden = !(narrow.matches && shown);
  if (shown) $("new").focus();
  else if (was) $("menu").focus();
  else if (!narrow.matches) text.focus();
}

function follow() {
  const [, key, value] = /^#(c|admin)=([\w.-]+)$/.exec(location.hash) || [];
  if (key === "admin") {
    history.replaceState(null, "", "/");
    signIn(value);
  }
  const id = key === "c" ? value : shelf.conversations[0]?.id || makeId();
  if (key !== "c") history.replaceState(null, "", `#c=${id}`);
  if (id !== current) open(id);
  else drawer(false);
}

$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
text.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  send();
});
text.addEventListener("input", fit);
text.addEventListener("paste", (event) => {
  if (!event.clipboardData.files.length) return;
  event.preventDefault();
  files.add(event.clipboardData.files);
});
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  files.add(event.dataTransfer.files);
});
$("attach").addEventListener("click", () => $("picker").click());
$("picker").addEventListener("change", async () => {
  const picked = [...$("picker").files];
  $("picker").value = "";
  await files.add(picked);
  text.focus();
});
text.addEventListener("blur", () => shelf.keepDraft(current, text.value));
addEventListener("pagehide", () => shelf.keepDraft(current, text.value));
addEventListener("hashchange", follow);
addEventListener("storage", (event) => event.key === shelf.key && (shelf.change(() => {}), list()));
addEventListener("online", () => stream.open());
addEventListener("keydown", (event) => event.key === "Escape" && document.body.classList.contains("drawer") && drawer(false));
$("stop").addEventListener("click", stop);
$("new").addEventListener("click", () => (location.hash = `c=${makeId()}`));
$("menu").addEventListener("click", () => drawer(true));
$("scrim").addEventListener("click", () => drawer(false));
$("conversations").addEventListener("click", (event) => event.target.closest("[aria-current]") && drawer(false));
$("newest").addEventListener("click", () => {
  stuck = true;
  changed();
  text.focus();
});
scroller.addEventListener("scroll", () => {
  stuck = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 60;
  $("newest").hidden = stuck;
}, { passive: true });
new ResizeObserver(() => stuck && (scroller.scrollTop = scroller.scrollHeight)).observe(scroller);
narrow.addEventListener("change", () => drawer(false));

let away = 0;
document.addEventListener("visibilitychange", () => {
  clearTimeout(away);
  if (document.hidden) away = setTimeout(() => stream.shut(), HIDDEN_MS);
  else if (!stream.source) stream.open();
});

$("region").value = about.regions.some(([name]) => name === shelf.region) ? shelf.region : "";
$("region").addEventListener("change", () => (shelf.region = $("region").value));
$("suggestions").append(...about.suggestions.map((question) => element("button", { type: "button", onclick: () => {
  text.value = question;
  send();
} }, question)));
$("admin").hidden = !about.admin;
follow();
