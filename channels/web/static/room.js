// One open conversation: what was asked and answered, and how it is drawn.

import { draw, element } from "./markdown.js";

const OPEN = new Set(["unsent", "waiting", "pending", "attempting"]);
const ENDS = {
  stopped: "Stopped before there was an answer.",
  joined: "Answered together with the next message.",
  failed: "The answer could not be delivered.",
  uncertain: "It is not certain that the whole answer arrived. Reload to see what the hub has stored.",
};

export class Room {
  constructor(log, regions, changed) {
    this.log = log;
    this.labels = new Map(regions);
    this.changed = changed;
    this.exchanges = new Map();
    this.dirty = new Set();
    log.replaceChildren();
  }

  get busy() {
    return [...this.exchanges.values()].some((one) => one.state !== "unsent" && OPEN.has(one.state) && !one.answer);
  }

  // Takes one of the stream's events.
  hear(name, data) {
    switch (name) {
      case "state": return this.begin(data.exchanges);
      case "asked": return this.put(data.message_id, { ...data, state: "waiting" });
      case "placeholder": return this.part(data, () => "");
      case "growth": return this.part(data, (text) => ("append" in data ? text + data.append : data.text));
      case "removed": return this.part(data, () => null);
      case "typing": return this.put(data.reply_to, { typing: true });
      case "final":
        this.part(data, () => data.text);
        return this.put(data.reply_to, {
          answer: [...this.exchanges.get(data.reply_to).parts.values()].join("\n\n"),
          state: "delivered", agent: data.agent, region: data.region,
        });
    }
  }

  begin(exchanges) {
    const known = new Set(exchanges.map((one) => one.message_id));
    for (const [id, one] of this.exchanges) {
      if (!known.has(id) && one.state !== "unsent") this.drop(id);
    }
    for (const one of exchanges) this.put(one.message_id, one);
    for (const one of exchanges) this.log.append(this.exchanges.get(one.message_id).node);
    for (const one of this.exchanges.values()) if (!known.has(one.id)) this.log.append(one.node);
  }

  // A new connection tells every part again, whole.
  forgetParts() {
    for (const one of this.exchanges.values()) one.parts.clear();
  }

  part(data, grown) {
    const one = this.put(data.reply_to, {});
    const text = grown(one.parts.get(data.part) || "");
    if (text === null) one.parts.delete(data.part);
    else one.parts.set(data.part, text);
    return one;
  }

  put(id, change) {
    let one = this.exchanges.get(id);
    if (!one) {
      one = { id, text: "", answer: "", state: "waiting", parts: new Map(), ...nodes() };
      this.exchanges.set(id, one);
      this.log.append(one.node);
    }
    const settled = one.answer && !change.answer; // an older state never takes an answer away
    Object.assign(one, settled ? {} : change);
    if (!this.dirty.size) requestAnimationFrame(() => this.drawAll());
    this.dirty.add(one);
    return one;
  }

  drop(id) {
    this.exchanges.get(id)?.node.remove();
    this.exchanges.delete(id);
  }

  drawAll() {
    for (const one of this.dirty) this.drawOne(one);
    this.dirty.clear();
    this.changed();
  }

  drawOne(one) {
    if (one.asked.textContent !== one.text) one.asked.textContent = one.text;
    one.asked.hidden = !one.text;
    if (one.sent_ms) one.asked.title = new Date(one.sent_ms).toLocaleString();
    const text = one.answer || [...one.parts.values()].filter(Boolean).join("\n\n");
    const open = OPEN.has(one.state) && !one.answer;
    draw(one.words, text);
    one.dots.hidden = !open || Boolean(text) || one.state === "unsent";
    one.reply.hidden = one.state === "unsent";
    one.reply.setAttribute("aria-busy", String(open));
    one.reply.classList.toggle("growing", open && Boolean(text));
    one.note.textContent = this.note(one, open);
    one.node.classList.toggle("unsent", one.state === "unsent");
    this.drawMeta(one);
  }

  note(one, open) {
    if (one.state === "unsent") return one.problem || "Sending…";
    return open || one.answer ? "" : ENDS[one.state] || "This message got no answer.";
  }

  drawMeta(one) {
    const parts = [];
    if (one.agent) parts.push(element("span", { class: "agent" }, one.agent));
    if (one.region) parts.push(element("span", { class: "place" }, this.labels.get(one.region) || one.region));
    one.meta.replaceChildren(...(one.answer ? parts : []));
  }
}

function nodes() {
  const asked = element("div", { class: "asked", dir: "auto" });
  const words = element("div", { class: "words" });
  const dots = element("p", { class: "dots" }, element("span", { class: "hidden" }, "An answer is being made"),
    element("i"), element("i"), element("i"));
  const meta = element("p", { class: "meta" });
  const note = element("p", { class: "note" });
  const reply = element("article", { class: "reply", "aria-label": "Answer" }, words, dots, meta);
  const node = element("section", { class: "exchange" }, asked, reply, note);
  return { node, asked, words, dots, meta, note, reply };
}
