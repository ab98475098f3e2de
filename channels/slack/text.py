"""Words between Slack's mrkdwn and the hub: what people wrote is read plain, what the hub says is defused and split."""

import re

TEXT_AT_MOST = 4000
"""Characters, after escaping: chat.update refuses more with msg_too_long."""

_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_LENGTHS = {"&": 5, "<": 4, ">": 4, "@": 2}
"""What a character can grow to at the most."""
_CALLS_ALL = re.compile(r"@(?=(?:channel|here|everyone)\b)", re.IGNORECASE)
_JOINER = "\N{WORD JOINER}"
_REFERENCE = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def escaped(text: str) -> str:
    """The text as mrkdwn that calls nobody: no `<!channel>`, no `<@U…>`, no bare `@here`."""
    text = _UNSTORABLE.sub("\ufffd", text)
    return _CALLS_ALL.sub("@" + _JOINER, text).translate(_ESCAPED)


def pieces(text: str, at_most: int = TEXT_AT_MOST) -> list[str]:
    """Parts whose escaped form has at most `at_most` characters, cut at a line or a blank where one is near."""
    parts: list[str] = []
    start = 0
    while start < len(text):
        end = _fitting(text, start, at_most)
        if end < len(text):
            end = _good_cut(text, start, end)
        part = text[start:end].strip("\n") if end < len(text) or parts else text[start:end]
        if part.strip():
            parts.append(part)
        start = end
    return parts


def _fitting(text: str, start: int, at_most: int) -> int:
    """The end of the longest part that fits."""
    room = at_most
    for end in range(start, min(len(text), start + at_most)):
        room -= _LENGTHS.get(text[end], 1)
        if room < 0:
            return end
    return min(len(text), start + at_most)


def _good_cut(text: str, start: int, end: int) -> int:
    for mark in ("\n\n", "\n", " "):
        cut = text.rfind(mark, start + (end - start) // 2, end)
        if cut >= 0:
            return cut + len(mark)
    return end


def plain(text: str, bot: str) -> str:
    """What a person wrote, without Slack's own notation; a mention of the bot itself at either end goes."""
    own = f"<@{bot}>"
    text = text.strip()
    if text.startswith(own):
        text = text[len(own) :].lstrip(" ,:\n")
    if text.endswith(own):
        text = text[: -len(own)].rstrip()
    text = _REFERENCE.sub(_named, text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _named(reference: re.Match[str]) -> str:
    sign, target, label = reference[1], reference[2], reference[3]
    match sign:
        case "@" | "#":
            return f"{sign}{label or target}"
        case "!":
            return label or f"@{target.partition('^')[0]}"
    return target.removeprefix("mailto:") if not label or label in target else f"{label} ({target})"
