// What the browser keeps: the list of conversations, unsent text, messages on their way, the chosen region.

const LIST_AT_MOST = 200;

export class Shelf {
  constructor(browser) {
    this.key = `trunkline:${browser}`;
    this.kept = { conversations: [], drafts: {}, outbox: [], region: "" };
    try {
      this.kept = { ...this.kept, ...JSON.parse(localStorage.getItem(this.key) || "{}") };
    } catch {
      // Storage is off or its content is not ours: the page works without it.
    }
  }

  get conversations() {
    return this.kept.conversations;
  }

  get region() {
    return this.kept.region;
  }

  set region(name) {
    this.change((kept) => (kept.region = name));
  }

  // Other tabs write too: read, change, write.
  change(how) {
    try {
      this.kept = { ...this.kept, ...JSON.parse(localStorage.getItem(this.key) || "{}") };
    } catch { /* as above */ }
    how(this.kept);
    try {
      localStorage.setItem(this.key, JSON.stringify(this.kept));
    } catch { /* full or off: it is kept in memory */ }
  }

  named(id, title) {
    this.change((kept) => {
      const known = kept.conversations.find((entry) => entry.id === id);
      const entry = known || { id, title: title.trim().replace(/\s+/g, " ").slice(0, 80) };
      kept.conversations = [entry, ...kept.conversations.filter((other) => other.id !== id)].slice(0, LIST_AT_MOST);
    });
  }

  draft(id) {
    return this.kept.drafts[id] || "";
  }

  keepDraft(id, text) {
    if (text === this.draft(id)) return;
    this.change((kept) => {
      if (text) kept.drafts[id] = text;
      else delete kept.drafts[id];
    });
  }

  outbox(conversation) {
    return this.kept.outbox.filter((message) => !conversation || message.conversation === conversation);
  }

  put(message) {
    this.change((kept) => (kept.outbox = [...kept.outbox.filter((other) => other.id !== message.id), message]));
  }

  sent(id) {
    this.change((kept) => (kept.outbox = kept.outbox.filter((message) => message.id !== id)));
  }
}

export function makeId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
