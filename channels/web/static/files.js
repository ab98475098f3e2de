// Files beside the message that is being written: sent ahead to the hub, shown by name, taken off again.

import { element } from "./markdown.js";
import { upload } from "./wire.js";

export class Files {
  constructor(list, about, changed, problem) {
    this.list = list;
    this.about = about;
    this.changed = changed;
    this.problem = problem;
    this.entries = [];
  }

  get ready() {
    return this.entries.every((entry) => entry.id);
  }

  async add(files) {
    this.problem("");
    for (const file of files) {
      if (this.entries.length >= this.about.files_at_most) {
        this.problem(`At most ${this.about.files_at_most} files with a message.`);
        break;
      }
      if (file.size > this.about.file_at_most) {
        this.problem(`${file.name} is too large: at most ${Math.floor(this.about.file_at_most / 1e6)} MB.`);
        continue;
      }
      await this.send({ name: file.name, file });
    }
  }

  async send(entry) {
    this.entries.push(entry);
    this.draw();
    try {
      Object.assign(entry, await upload(entry.file), { file: null });
    } catch (error) {
      this.entries = this.entries.filter((other) => other !== entry);
      this.problem(`${entry.name} could not be attached. ${error.message}`);
    }
    this.draw();
  }

  // What the message takes with it; the next one begins without.
  take() {
    const taken = this.entries;
    this.entries = [];
    this.draw();
    return { ids: taken.map((entry) => entry.id), mentions: taken.map((entry) => entry.mention).join(" ") };
  }

  draw() {
    this.list.replaceChildren(...this.entries.map((entry) => element("li", { class: entry.id ? "" : "going" },
      element("span", { dir: "auto" }, entry.name),
      element("button", { type: "button", "aria-label": `Remove ${entry.name}`, onclick: () => {
        this.entries = this.entries.filter((other) => other !== entry);
        this.draw();
      } }, "×"))));
    this.changed();
  }
}
