"""/export and /forget: what the hub has of a person, for themselves, or by an owner for anybody."""

import asyncio
import os
from pathlib import Path

import msgspec

from hub import phrases
from hub.commands.caller import WHOLE_HUB
from hub.commands.command import Call, Needed, Told, command
from hub.commands.confirming import GOOD_FOR, ask_first, confirmed
from hub.commands.people import HOW_TO_NAME, Known, person_named
from hub.commands.tables import moment
from hub.config.settings import Settings
from hub.erasing import forgetting_person
from hub.messages import Message
from hub.store import Row, statement

ME = "me"
AT_ONCE = 500
UNKNOWN = f"Nobody with this id has written to the hub. {HOW_TO_NAME}"
_decode_message = msgspec.json.Decoder(Message).decode


def _needs(call: Call, _: str) -> Needed:
    """Everyone for themselves; for others, an owner of the hub."""
    return Needed("everyone" if _own(call) else "owner", (WHOLE_HUB,))


def _own(call: Call) -> bool:
    return not call.given or call.given[0].casefold() == ME


async def _whom(call: Call) -> Known | None:
    return await person_named(call, str(call.caller.person) if _own(call) else call.given[0])


# -- /export ----------------------------------------------------------------------------------------------------------
async def _export(call: Call) -> Told:
    person = await _whom(call)
    if person is None:
        return Told(UNKNOWN, audited="")
    file = export_file(call.settings, person.number)
    count = await _written(call, person, file)
    if _own(call):
        return Told(call.words(phrases.EXPORTED, count=f"{count:,}", file=file.name))
    return Told(f"{count:,} messages of {person.shown}, with their answers, are in {file}.", audited=str(person.number))


def export_file(settings: Settings, number: int) -> Path:
    """One for each person: a newer export takes its place."""
    return settings.path.parent / "var" / "exports" / f"person-{number}.jsonl"


async def _written(call: Call, person: Known, file: Path) -> int:
    """Write one JSON object a line; how many there are. The file is readable by the hub's own user alone."""
    found: list[Row] = []
    after = ""
    while rows := await call.database.read(
        statement("people.conversations_of", person=person.number, after=after, most=AT_ONCE)
    ):
        found += rows
        after = rows[-1]["id"]
    # Ids made in the same millisecond have no order.
    lines = [_line(row, call) for row in sorted(found, key=lambda row: (row["accepted_ms"], row["position"]))]
    await asyncio.to_thread(_write, file, b"\n".join([*lines, b""]))
    return len(lines)


def _line(row: Row, call: Call) -> bytes:
    message = _decode_message(row["payload"])
    return msgspec.json.encode(
        {
            "at": moment(row["accepted_ms"], call.settings.hub.timezone),
            "conversation": row["conversation"],
            "text": message.text,
            "quoted": message.quoted,
            "attachments": [each.name or each.kind for each in message.attachments],
            "agent": row["agent"] or "",
            "answer": row["text"] or "",
        }
    )


def _write(file: Path, data: bytes) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(data)


# -- /forget ----------------------------------------------------------------------------------------------------------
async def _forget(call: Call) -> Told:
    if not call.given:
        return Told(call.words(phrases.FORGET_HOW))
    person = await _whom(call)
    if person is None:
        return Told(UNKNOWN, audited="")
    about, kept = str(person.number), str(person.number)
    word = call.given[1] if len(call.given) > 1 else ""
    used = await confirmed(call, "forget", about, word) if word else None
    if used is None:
        word, asked = ask_first(call, "forget", about)
        return Told(_asked(call, person, word), (asked,), audited=f"{kept} (asked first)")
    await asyncio.to_thread(export_file(call.settings, person.number).unlink, missing_ok=True)
    channel = person.id.partition("/")[0]
    accounts = {each.account for each in call.settings.channels if each.channel == channel}
    changes = await forgetting_person(
        call.database, person.number, person.id, sorted(accounts | {call.claim.conversation.account}), call.waiting.id
    )
    text = call.words(phrases.FORGOTTEN) if _own(call) else f"{person.shown} is forgotten; the sums remain."
    return Told(text, (used, *changes), audited=kept)


def _asked(call: Call, person: Known, word: str) -> str:
    if _own(call):
        return call.words(phrases.FORGET_ASKED, word=word)
    return (
        f"This erases what {person.shown} wrote, the answers, the name and the place, for good; what it cost remains, "
        f"under a number that leads to nobody. If you mean it, send /forget {call.given[0]} {word} within {GOOD_FOR}."
    )


EXPORT = command(
    "export",
    "Write your conversations to a file",
    _export,
    arguments="me, or for owners a channel:id",
    needs=_needs,
    values=lambda _caller, _settings: [ME],
)
FORGET = command(
    "forget",
    "Erase what I have of you, for good: /forget me",
    _forget,
    arguments="me, or for owners a channel:id",
    needs=_needs,
    values=lambda _caller, _settings: [ME],
)
