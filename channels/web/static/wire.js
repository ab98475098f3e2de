// Requests to the hub, and the stream of events from it.

const SILENCE_MS = 40_000; // the hub speaks at least every 15 s
const RETRY_MS = [500, 1000, 2000, 4000, 8000, 15_000];
const REQUEST_MS = 30_000;
const UPLOAD_MS = 60_000;

export class Refused extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.passing = status === 0 || status === 429 || status >= 500;
  }
}

// The default request mode matters: with `same-origin` and no referrer, browsers would send "Origin: null".
async function request(path, headers, body, most) {
  let response;
  try {
    response = await fetch(path, { method: "POST", headers, body, signal: AbortSignal.timeout(most) });
  } catch {
    throw new Refused(0, "The hub cannot be reached.");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, answer.error || "The hub answered in a way this page does not understand.");
  return answer;
}

export function post(path, body) {
  return request(path, { "content-type": "application/json" }, JSON.stringify(body), REQUEST_MS);
}

// Sends a file ahead of the message that it belongs to; how the message names it.
export function upload(file) {
  const name = file.name.slice(0, 200);
  const headers = {
    "content-type": file.type || "application/octet-stream",
    "x-file-name": encodeURIComponent(name.toWellFormed?.() ?? name),
  };
  return request("/api/files", headers, file, UPLOAD_MS);
}

// One conversation's events. Each connection begins with the whole state, so nothing is lost between two of them.
export class Stream {
  constructor(conversation, heard) {
    this.path = `/api/conversations/${conversation}/stream`;
    this.heard = heard;
    this.failures = 0;
    this.open();
  }

  open() {
    this.shut();
    this.source = new EventSource(this.path);
    for (const name of ["state", "asked", "placeholder", "growth", "final", "removed", "typing", "notice", "ping"]) {
      this.source.addEventListener(name, (event) => {
        this.alive();
        this.heard(name, JSON.parse(event.data));
      });
    }
    this.source.onopen = () => {
      this.failures = 0;
      this.heard("open", {});
      this.alive();
    };
    this.source.onerror = () => this.lost();
    this.alive();
  }

  alive() {
    clearTimeout(this.watch);
    this.watch = setTimeout(() => this.lost(), SILENCE_MS);
  }

  lost() {
    this.shut();
    this.heard("lost", {});
    this.again = setTimeout(() => this.open(), RETRY_MS[Math.min(this.failures++, RETRY_MS.length - 1)]);
  }

  shut() {
    clearTimeout(this.watch);
    clearTimeout(this.again);
    this.source?.close();
    this.source = null;
  }
}
