"""A message on Telegram as a person can read it in a file."""

from channels.rendering import telegram


def marked(source: str) -> str:
    """The message on Telegram with its entities as markers."""
    shown = telegram.render(source)
    units = shown.text.encode("utf-16-le")
    cuts: list[tuple[int, int, str]] = []
    for number, entity in enumerate(shown.entities, 1):
        more = entity.url or entity.language
        cuts.append((entity.offset, number, f"<{entity.type}{':' + more if more else ''}>"))
        cuts.append((entity.offset + entity.length, -number, f"</{entity.type}>"))
    written, last = "", 0
    for at, _, mark in sorted(cuts):
        written += units[last * 2 : at * 2].decode("utf-16-le") + mark
        last = at
    return written + units[last * 2 :].decode("utf-16-le")
