"""The prompt of one turn: system prompt, pinned facts, summary, recent turns, recalled older ones, and the message.

It is within a budget of tokens for any input. What changes most rarely stands first, and recalled turns beside the
message, after all that stays as it was.

The window over the recent turns moves in steps. While it fills, each prompt begins with the bytes of the one before, so
a provider's prompt cache holds; when it is full, it drops to half at once. It is worked out from the turns alone, from
the oldest that is passed in, so that must not slide with every message either: the caller passes turns from a position
that is a multiple of HISTORY_STEP, the last but one below the message's own.
"""

from collections.abc import Callable, Sequence

import msgspec

from hub.context.background import NO_BACKGROUND, SUMMARY_SHARE, Background, before_turns
from hub.context.beside import REFERS, Beside, with_documents, with_mentions
from hub.context.cut import cut_middle
from hub.context.recalled import RecalledTurn, recollection
from hub.context.tokens import PER_MESSAGE, PER_PROMPT
from hub.context.tokens import count as count_tokens
from hub.errors import TrunklineError

HISTORY_STEP = 40
"""Positions. A prompt is made from the turns of the last 40 to 79 messages; 3,000 tokens hold about 15 exchanges."""
LEAST_FOR_MESSAGE = 256
"""Tokens that a system prompt must leave for the newest message, so that a cut one still says something."""
LAST_EXCHANGES = 3
"""So that talk goes on fluently however much is recalled."""
MOST_EXCHANGES = 2 * HISTORY_STEP
"""All that a caller passes."""
_LEAST_SHARE = 32
"""Tokens. An earlier turn is not cut down to less than this, but left out."""

NOTHING_BESIDE = Beside()

Count = Callable[[str], int]


class PastTurn(msgspec.Struct, frozen=True):
    """One earlier turn. `role` is `user` or `assistant`; `tokens` are those of the text alone, counted when stored."""

    role: str
    text: str
    tokens: int
    position: int = 0
    """Of the message that it is or answers, within the conversation."""
    at_ms: int | None = None
    """When it was stored; None: not known."""


class Prompt(msgspec.Struct, frozen=True):
    """What is sent, and what it costs to read."""

    system: str
    turns: tuple[tuple[str, str], ...]
    """Role and text, alternating, from `user` to `user`."""
    input_tokens: int
    """Of the whole, with what the wire adds to each message; never more than the budget."""
    cut: bool
    """Whether a part of the message, its quotation or its documents was left out; the text says so where it was."""
    asked: str
    """The newest message as it is sent, quotation included: what to remember as this turn, to keep the prefix.

    Of attachments it has the mentions alone."""
    asked_tokens: int

    @property
    def stable(self) -> int:
        """How many of the turns the next prompt begins with too, unless the window moves: all but the newest."""
        return len(self.turns) - 1


class ContextTooSmall(TrunklineError):
    """The system prompt leaves no room for a message."""

    def __init__(self, budget_tokens: int, minimum: int) -> None:
        super().__init__(
            f"A context of {budget_tokens:,} tokens is too small for this prompt: "
            f"set context.tokens to {minimum:,} or more, or shorten the prompt file."
        )


def minimum_tokens(system: str, count: Count = count_tokens) -> int:
    """The smallest budget that `compose` takes with this system prompt, in tokens."""
    return _fixed(system, count) + LEAST_FOR_MESSAGE


def compose(
    system: str,
    turns: Sequence[PastTurn],
    message: str,
    quoted: str,
    *,
    budget_tokens: int,
    max_output: int,
    count: Count,
    beside: Beside = NOTHING_BESIDE,
    recalled: Sequence[RecalledTurn] | None = None,
    recall_share: float = 0.0,
    background: Background = NO_BACKGROUND,
    summarized: bool = False,
    exchanges: int = MOST_EXCHANGES,
    reserved: int = 0,
) -> Prompt:
    """The prompt for the newest message, with as many whole exchanges before it as the budget holds.

    The message comes before the documents beside it, and these before history; it is sent whole where it can be.
    `turns` run from the oldest to the newest; `max_output` (tokens of an answer at the most) says how much room a step
    of the window makes. `recalled` are turns that may matter, the best first; None where nothing older than the window
    is there to be recalled. What the window shows is not repeated. `recall_share` of the room is kept for them, and
    what the window leaves is theirs too. `background` stands before the turns; `summarized` says that the agent has
    summaries made, so that the window leaves them their room also while there is none. `exchanges` are the most of the
    window; where it is fewer than fit, the window slides. `reserved` tokens stay free for what may be added to the
    newest message; they do not move the window.
    Raises ContextTooSmall where the budget is below `minimum_tokens(system)`.
    """
    fixed = _fixed(system, count)
    room = budget_tokens - fixed
    if room < LEAST_FOR_MESSAGE:
        raise ContextTooSmall(budget_tokens, fixed + LEAST_FOR_MESSAGE)
    open_room = room - reserved
    asked, asked_tokens, cut = _asked(with_mentions(message, beside), quoted, open_room, count)
    sent, sent_tokens = asked, asked_tokens
    if beside.documents or beside.notes:
        sent, cut_document = with_documents(asked, beside, open_room, count)
        sent_tokens, cut = count(sent), cut or cut_document
    before = before_turns(background, room, count)
    begins, begins_tokens = before.within(open_room - sent_tokens)
    window_room = room - before.pins_tokens
    full = _full(window_room, _given_away(recall_share, summarized) if recalled is not None else 0)
    left = open_room - begins_tokens - sent_tokens
    history = _history(turns, _Limits.of(window_room, full, max_output, exchanges), left, count)
    if recalled:
        older = [turn for turn in recalled if turn.ordinal < 2 * history.position]
        most = left - history.tokens if recall_share else 0
        recent_ms = turns[-1].at_ms if turns else None
        both = recollection(older, most, count, sent, recent_ms)
        if both:
            sent, sent_tokens = both, count(both)
    opening = [("user", begins)] if begins else []
    return Prompt(
        system=system,
        turns=_alternating([*opening, *history.turns, ("user", sent)]),
        input_tokens=fixed + begins_tokens + history.tokens + sent_tokens,
        cut=cut,
        asked=asked,
        asked_tokens=asked_tokens,
    )


def _fixed(system: str, count: Count) -> int:
    """Tokens beside history and the newest message's own text."""
    return PER_PROMPT + (PER_MESSAGE + count(system) if system else 0) + PER_MESSAGE


# -- the newest message ----------------------------------------------------------------------------------------------


def _asked(message: str, quoted: str, room: int, count: Count) -> tuple[str, int, bool]:
    """The message with its quotation, its tokens (never more than `room`), and whether it was cut.

    A quotation is cut before the message is, down to a quarter of the room.
    """
    asked = with_quotation(message, quoted)
    tokens = count(asked)
    if tokens <= room:
        return asked, tokens, False
    if quoted:
        share = max(room // 4, room - count(message) - 16)  # a few tokens more, for where the two join
        quoted = cut_middle(quoted, share, lambda kept: count(with_quotation("", kept)))
    message = cut_middle(message, room, lambda kept: count(with_quotation(kept, quoted)))
    asked = with_quotation(message, quoted)
    return asked, count(asked), True


def with_quotation(message: str, quoted: str) -> str:
    """Every line of the quotation carries a mark, so that nothing in it can pass for the end of it."""
    if not quoted:
        return message
    lines = "\n".join(f"> {line}" for line in quoted.splitlines())
    quotation = f"{REFERS}\n{lines}"
    return f"{quotation}\n\n{message}" if message else quotation


# -- older turns -----------------------------------------------------------------------------------------------------


def shown_from(
    system: str,
    turns: Sequence[PastTurn],
    *,
    budget_tokens: int,
    max_output: int,
    count: Count,
    older: bool,
    recall_share: float,
    background: Background = NO_BACKGROUND,
    summarized: bool = False,
    exchanges: int = MOST_EXCHANGES,
) -> int | None:
    """The position from which on the window of a usual message shows all; None where it shows the whole conversation.

    None, too, where nothing of older turns is ever shown. `older` says that there are turns before those passed in.
    """
    if not (recall_share or summarized):
        return None
    room = budget_tokens - _fixed(system, count)
    room -= before_turns(background, room, count).pins_tokens
    said = _exchanges(turns)
    if not older and len(said) <= exchanges and sum(each.tokens for each in said) <= _full(room, 0):
        return None
    full = _full(room, _given_away(recall_share, summarized))
    window = _window(said, _Limits.of(room, full, max_output, exchanges))
    return window[0].turns[0].position if window else _AFTER_ALL


# -- the turns before it ---------------------------------------------------------------------------------------------


class _Exchange(msgspec.Struct, frozen=True):
    """A question and what followed it up to the next one."""

    turns: list[PastTurn]
    tokens: int


class _History(msgspec.Struct, frozen=True):
    """The earlier turns that are sent, in role and text."""

    turns: list[tuple[str, str]]
    tokens: int
    position: int
    """From here on, nothing is missing."""


_AFTER_ALL = 1 << 62


def _given_away(recall_share: float, summarized: bool) -> float:
    """What a window that cannot show all leaves to older turns."""
    return min(1.0, recall_share + (SUMMARY_SHARE if summarized else 0.0))


def _full(room: int, given_away: float) -> int:
    """Tokens that the window holds.

    It is worked out as if the newest message took an eighth of the room, and older turns all of their share, so that
    others do not move it; for a longer message, more is dropped this once.
    """
    return int((room - room // 8) * (1 - given_away))


class _Limits(msgspec.Struct, frozen=True):
    """Of the window over the recent turns, in tokens."""

    full: int
    low: int
    """What it drops to when it is full."""
    last: int
    """What the last exchanges may take all the same."""
    most: int
    """Exchanges."""

    @staticmethod
    def of(room: int, full: int, max_output: int, most: int) -> "_Limits":
        low = max(full // 4, min(full // 2, full - 2 * max_output))
        return _Limits(full, low, max(full, room // 2) if full else 0, most)


def _history(turns: Sequence[PastTurn], limits: _Limits, left: int, count: Count) -> _History:
    """The earlier turns that are sent, in never more tokens than `left`."""
    window = _window(_exchanges(turns), limits)
    tokens = sum(exchange.tokens for exchange in window)
    if tokens > limits.last:  # one exchange that is larger by itself
        shortened, tokens = _shortened(window[0].turns, min(limits.last // 2, left), count)
        return _History(shortened, tokens, window[0].turns[0].position if shortened else _AFTER_ALL)
    first = 0
    while tokens > left:
        tokens -= window[first].tokens
        first += 1
    shown = [turn for exchange in window[first:] for turn in exchange.turns]
    return _History([(turn.role, turn.text) for turn in shown], tokens, shown[0].position if shown else _AFTER_ALL)


def _exchanges(turns: Sequence[PastTurn]) -> list[_Exchange]:
    """An answer whose question is not among the turns is left out."""
    starts = [at for at, turn in enumerate(turns) if turn.role == "user"]
    groups = [turns[start:end] for start, end in zip(starts, [*starts[1:], len(turns)], strict=True)] if starts else []
    return [_Exchange(list(group), sum(turn.tokens + PER_MESSAGE for turn in group)) for group in groups]


def _window(exchanges: list[_Exchange], limits: _Limits) -> list[_Exchange]:
    """The newest exchanges that `full` tokens hold, as a window that fills to `full` and then drops to `low` at once.

    The last LAST_EXCHANGES stay where half of the room holds them. One exchange that is larger by itself stands alone.
    """
    first, tokens = 0, 0
    for at, exchange in enumerate(exchanges):
        tokens += exchange.tokens
        if tokens > (limits.full if at - first >= LAST_EXCHANGES else limits.last):
            while first < at and tokens > (limits.low if first <= at - LAST_EXCHANGES else limits.last):
                tokens -= exchanges[first].tokens
                first += 1
    return exchanges[max(first, len(exchanges) - limits.most) :]


def _shortened(turns: list[PastTurn], room: int, count: Count) -> tuple[list[tuple[str, str]], int]:
    """One exchange that is too large, each turn cut to its share of the room; nothing where shares are too small."""
    if room // len(turns) - PER_MESSAGE < _LEAST_SHARE:
        return [], 0
    texts: dict[int, str] = {}
    left = room
    for at in sorted(range(len(turns)), key=lambda at: turns[at].tokens):  # what a short turn leaves, a long one gets
        share = left // (len(turns) - len(texts)) - PER_MESSAGE
        texts[at] = cut_middle(turns[at].text, share, count)
        left -= count(texts[at]) + PER_MESSAGE
    return [(turn.role, texts[at]) for at, turn in enumerate(turns)], room - left


def _alternating(turns: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Turns of one role in a row become one: wire APIs want the roles to alternate."""
    merged: list[tuple[str, str]] = []
    for role, text in turns:
        if merged and merged[-1][0] == role:
            merged[-1] = (role, f"{merged[-1][1]}\n\n{text}")
        else:
            merged.append((role, text))
    return tuple(merged)
