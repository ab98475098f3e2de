// A small part of Markdown, drawn with DOM nodes only: whatever a model writes, it stays text.

const DEPTH = 6; // of emphasis inside emphasis; deeper is shown as written
const FENCE = /^ {0,3}(`{3,}|~{3,})(.*)$/;
const ITEM = /^( *)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*)$/;
const RULE = /^ {0,3}([-*_])( *\1){2,} *$/;
const ROW = /^ *\|.*\| *$/;
const ADDRESS = /https?:\/\/[^\s<>"'`]+/y;
const LINK = /\[([^\[\]]{1,500})\]\(([^\s()]{1,2000})\)/y;
const PAIRS = [["***", "both"], ["**", "strong"], ["__", "strong"], ["~~", "s"], ["*", "em"], ["_", "em"]];

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

// Draws the text into the container; blocks that did not change keep their nodes, so a selection survives growth.
export function draw(container, text) {
  const blocks = split(text);
  const before = container.blocks || [];
  let same = 0;
  while (same < before.length && same < blocks.length && before[same] === blocks[same]) same++;
  while (container.childNodes.length > same) container.lastChild.remove();
  for (const source of blocks.slice(same)) container.append(block(source));
  container.blocks = blocks;
}

function split(text) {
  const blocks = [];
  let lines = [];
  let kind = "";
  let fence = "";
  const end = () => {
    if (lines.length) blocks.push(lines.join("\n"));
    lines = [];
    kind = "";
  };
  for (const line of text.replace(/\r\n?/g, "\n").split("\n")) {
    const opened = FENCE.exec(line);
    if (fence) {
      lines.push(line);
      if (opened && opened[1][0] === fence[0] && opened[1].length >= fence.length && !opened[2].trim()) {
        fence = "";
        end();
      }
    } else if (opened) {
      end();
      fence = opened[1];
      lines.push(line);
    } else if (!line.trim()) {
      if (kind === "list") lines.push(line);
      else end();
    } else {
      const is = kindOf(line);
      const goesOn = kind === "list" && (is === "list" || /^\s/.test(line) || lines.at(-1).trim() !== "");
      if (is !== kind && !goesOn) end();
      if (is === "heading" || is === "rule") end();
      kind = goesOn ? "list" : is;
      lines.push(line);
      if (is === "heading" || is === "rule") end();
    }
  }
  end();
  return blocks;
}

function kindOf(line) {
  if (RULE.test(line)) return "rule";
  if (HEADING.test(line)) return "heading";
  if (ITEM.test(line)) return "list";
  if (/^ {0,3}>/.test(line)) return "quote";
  return ROW.test(line) ? "table" : "text";
}

function block(source) {
  const lines = source.split("\n");
  const opened = FENCE.exec(lines[0]);
  if (opened) return code(lines, opened);
  switch (kindOf(lines[0])) {
    case "rule": return element("hr");
    case "heading": {
      const [, marks, words] = HEADING.exec(lines[0]);
      return element(`h${Math.min(6, marks.length + 2)}`, {}, ...inline(words.replace(/\s#+\s*$/, "")));
    }
    case "list": return list(lines);
    case "quote": return quote(lines);
    case "table": if (lines.length > 1 && /^[ |:-]+$/.test(lines[1])) return table(lines);
  }
  return element("p", { dir: "auto" }, ...inline(source));
}

function code(lines, opened) {
  const closed = lines.length > 1 && FENCE.exec(lines.at(-1))?.[1][0] === opened[1][0];
  const body = lines.slice(1, closed ? -1 : undefined).join("\n");
  const copy = element("button", { type: "button", class: "copy", onclick: async () => {
    try {
      await navigator.clipboard.writeText(body);
      copy.textContent = "Copied";
    } catch {
      copy.textContent = "Select and copy by hand";
    }
    setTimeout(() => (copy.textContent = "Copy"), 2000);
  } }, "Copy");
  const head = element("div", { class: "code-head" }, element("span", {}, opened[2].trim().slice(0, 30)), copy);
  return element("div", { class: "code" }, head, element("pre", { tabindex: "0" }, element("code", {}, body)));
}

function quote(lines) {
  const made = element("blockquote");
  made.append(element("p", { dir: "auto" }, ...inline(lines.map((line) => line.replace(/^ {0,3}> ?/, "")).join("\n"))));
  return made;
}

function table(lines) {
  const cells = (line) => line.trim().slice(1, -1).split("|").map((cell) => cell.trim());
  const row = (line, name) => element("tr", {}, ...cells(line).map((cell) => element(name, {}, ...inline(cell))));
  const body = element("tbody", {}, ...lines.slice(2).map((line) => row(line, "td")));
  return element("div", { class: "table", tabindex: "0" },
    element("table", {}, element("thead", {}, row(lines[0], "th")), body));
}

// Items by indentation; at most DEPTH levels.
function list(lines) {
  const root = { indent: -1, node: document.createDocumentFragment(), item: null };
  const levels = [root];
  let words = [];
  const end = () => {
    const item = levels.at(-1).item;
    if (item && words.length) item.append(...inline(words.join("\n")));
    words = [];
  };
  for (const line of lines) {
    const found = ITEM.exec(line);
    if (!found) {
      if (line.trim()) words.push(line.trim());
      continue;
    }
    end();
    const indent = found[1].length;
    while (levels.length > 1 && indent < levels.at(-1).indent) levels.pop();
    const level = levels.at(-1);
    if ((indent > level.indent + 1 || level === root) && levels.length <= DEPTH) {
      const ordered = /\d/.test(found[2]);
      const node = element(ordered ? "ol" : "ul", ordered && parseInt(found[2]) !== 1 ? { start: parseInt(found[2]) } : {});
      (level.item || level.node).append(node);
      levels.push({ indent, node, item: null });
    }
    const current = levels.at(-1);
    current.item = element("li", { dir: "auto" });
    current.node.append(current.item);
    words = [found[3]];
  }
  end();
  return root.node.childNodes.length === 1 ? root.node.firstChild : element("div", {}, root.node);
}

// Text with emphasis, code, links and line breaks, as a list of nodes.
function inline(text, depth = 0) {
  const nodes = [];
  const missing = new Set(); // marks that do not close any more: each is looked for once, so time stays linear
  let plain = "";
  const flush = () => {
    const lines = plain.split("\n");
    lines.forEach((line, index) => {
      if (index) nodes.push(element("br"));
      if (line) nodes.push(document.createTextNode(line));
    });
    plain = "";
  };
  let at = 0;
  while (at < text.length) {
    const found = special(text, at, depth, missing);
    if (found) {
      flush();
      nodes.push(found.node);
      at = found.end;
    } else if (text[at] === "\\" && /[\\`*_~[\]()#+.!>|-]/.test(text[at + 1] || "")) {
      plain += text[at + 1];
      at += 2;
    } else {
      const next = text.slice(at + 1, at + 4097).search(/[`*_~[\\h]/);
      const end = next < 0 ? Math.min(text.length, at + 4097) : at + 1 + next;
      plain += text.slice(at, end);
      at = end;
    }
  }
  flush();
  return nodes;
}

function special(text, at, depth, missing) {
  switch (text[at]) {
    case "`": return span(text, at, missing);
    case "[": return link(text, at, depth);
    case "h": return address(text, at);
    case "*": case "_": case "~": return depth < DEPTH ? emphasis(text, at, depth, missing) : null;
    default: return null;
  }
}

function span(text, at, missing) {
  let end = at;
  while (text[end] === "`") end++;
  const mark = text.slice(at, end);
  if (missing.has(mark)) return null;
  let close = text.indexOf(mark, end);
  while (close >= 0 && text[close + mark.length] === "`") {
    let past = close;
    while (text[past] === "`") past++;
    close = text.indexOf(mark, past);
  }
  if (close < 0) {
    missing.add(mark);
    return null;
  }
  return { node: element("code", {}, text.slice(end, close).replace(/^ (.*\S.*) $/, "$1")), end: close + mark.length };
}

function link(text, at, depth) {
  LINK.lastIndex = at;
  const found = LINK.exec(text);
  const href = found && safe(found[2]);
  if (!href) return null;
  return { node: anchor(href, inline(found[1], Math.max(depth, DEPTH - 1))), end: LINK.lastIndex };
}

function address(text, at) {
  if (/\w/.test(text[at - 1] || "")) return null;
  ADDRESS.lastIndex = at;
  const found = ADDRESS.exec(text)?.[0].replace(/[.,;:!?*_)\]}]+$/, "");
  const href = found && safe(found);
  return href ? { node: anchor(href, [found]), end: at + found.length } : null;
}

function safe(written) {
  try {
    const url = new URL(written);
    return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : "";
  } catch {
    return "";
  }
}

function anchor(href, children) {
  return element("a", { href, title: href, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

function emphasis(text, at, depth, missing) {
  for (const [mark, name] of PAIRS) {
    if (!text.startsWith(mark, at) || missing.has(mark)) continue;
    const start = at + mark.length;
    if (!text[start] || /\s/.test(text[start])) continue;
    if (mark[0] === "_" && /\w/.test(text[at - 1] || "")) continue;
    const close = closing(text, mark, start);
    if (close < 0) {
      missing.add(mark);
      continue;
    }
    const children = inline(text.slice(start, close), depth + 1);
    const node = name === "both" ? element("strong", {}, element("em", {}, ...children)) : element(name, {}, ...children);
    return { node, end: close + mark.length };
  }
  return null;
}

function closing(text, mark, start) {
  let at = text.indexOf(mark, start + 1);
  while (at >= 0) {
    const longer = mark.length === 1 && (text[at + 1] === mark || text[at - 1] === mark);
    const inWord = mark[0] === "_" && /\w/.test(text[at + mark.length] || "");
    if (!longer && !inWord && !/\s/.test(text[at - 1])) return at;
    at = text.indexOf(mark, at + mark.length);
  }
  return -1;
}
