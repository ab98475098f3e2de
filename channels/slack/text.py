"""What people wrote in Slack's mrkdwn, read plain."""

import re

_REFERENCE = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")


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
