"""`trunkline prompts`: what each agent's prompt file weighs, what it costs, and what in it could go."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from hub.config.settings import Agent, Price, Settings
from hub.context.tokens import count
from hub.money.amounts import format_usd
from hub.money.prices import Tokens, cost_nusd, price_of
from hub.store import Database, Row, statement

LEAST_WORDS = 5
"""Words of a sentence whose repetition is no chance."""
LONG_EXAMPLE = 120
"""Tokens from which one example is a large one, if it is also a quarter of its prompt."""
SHOWN = 60
"""Characters of a passage that are shown."""
MOST = 5
"""Passages of one kind and prompt that are shown."""

_SENTENCE = re.compile(r"(?<=[.!?。！？])\s+|\n+")
_FENCE = re.compile(r"^(```|~~~).*?^\1[ \t]*$", re.M | re.S)
_EXAMPLE = re.compile(r"^[#*\s]*(?:for example|example|e\.g\.|beispiel|zum beispiel|exemple|ejemplo|exemplo)\b", re.I)
_MARKS = re.compile(r"^[\s#>*+\-\d.)]+")


class Passage(msgspec.Struct, frozen=True):
    """Something in a prompt that could go."""

    kind: str
    """repeated, shared, blank or example."""
    text: str
    tokens: int
    """That a call would save."""
    others: tuple[str, ...] = ()
    """Agents whose prompts have it, too."""


class Use(msgspec.Struct, frozen=True):
    """What the ledger has of one agent's calls for answers, which alone are sent the prompt file."""

    calls: int = 0
    cost_nusd: int = 0
    prompt_nusd: int | None = 0
    """Of it for the prompt file; None: the price of a model is not known."""


class PromptLine(msgspec.Struct, frozen=True):
    """One agent's prompt."""

    agent: str
    tokens: int
    use: Use
    passages: tuple[Passage, ...]


async def prompt_lines(database: Database, settings: Settings, now_ms: int, days: int) -> tuple[PromptLine, ...]:
    """Every agent with a prompt, the dearest first. Raises StoreError."""
    since_ms = now_ms - days * 86_400_000
    rows = await database.read(statement("reports.prompt_use", since_ms=since_ms, until_ms=now_ms + 1))
    prompts = {name: agent.prompt for name, agent in settings.agents.items() if agent.prompt.strip()}
    found = passages(prompts)
    lines = (
        PromptLine(
            agent=name,
            tokens=count(prompt),
            use=_use(settings.agents[name], [row for row in rows if row["agent"] == name], settings.prices, now_ms),
            passages=found[name],
        )
        for name, prompt in prompts.items()
    )
    return tuple(sorted(lines, key=lambda line: (-(line.use.prompt_nusd or 0), -line.tokens, line.agent)))


def _use(agent: Agent, rows: Iterable[Row], prices: Mapping[str, Price], now_ms: int) -> Use:
    """At prices of now. What the provider took from its cache began with the prompt, so that counts as cached first."""
    calls = cost = prompt = 0
    known = True
    for row in rows:
        calls, cost = calls + row["calls"], cost + row["cost_nusd"]
        price = price_of(row["api"], row["model"], prices, now_ms)
        if price is None:
            known = False
            continue
        if not row["calls"]:
            continue  # a late bill alone
        tokens = min(count(agent.prompt, row["model"]), max(0, row["input_tokens"]) // row["calls"])
        cached = min(tokens, row["cached_tokens"] // row["calls"])
        share = cost_nusd(price, Tokens(input=tokens, cached_input=cached)) * row["calls"]
        prompt += max(0, min(share, row["cost_nusd"]))
    return Use(calls, cost, prompt if known else None)


def passages(prompts: Mapping[str, str]) -> dict[str, tuple[Passage, ...]]:
    """What could go, by agent: repeated sentences, those that other prompts share, blank space, large examples."""
    sentences = {name: _sentences(prompt) for name, prompt in prompts.items()}
    holders: dict[str, list[str]] = {}
    for name, own in sentences.items():
        for key in dict.fromkeys(key for key, _ in own):
            holders.setdefault(key, []).append(name)
    return {
        name: (
            *_repeated(sentences[name]),
            *_shared(name, sentences[name], holders),
            *_blank(prompt),
            *_examples(prompt),
        )
        for name, prompt in prompts.items()
    }


def _sentences(prompt: str) -> list[tuple[str, str]]:
    """The sentences of some length, in their order: as they are compared, and as they are shown."""
    found = []
    for sentence in _SENTENCE.split(prompt):
        shown = _MARKS.sub("", sentence).strip()
        key = " ".join(re.findall(r"\w+", shown.casefold()))
        if len(key.split()) >= LEAST_WORDS or (len(key) >= 12 > 2 * key.count(" ") and not key.isascii()):
            found.append((key, shown))
    return found


def _repeated(sentences: list[tuple[str, str]]) -> Iterable[Passage]:
    counts, shown = Counter(key for key, _ in sentences), dict(sentences)
    for key, many in counts.items():
        if many > 1:
            yield Passage("repeated", shown[key], (many - 1) * count(shown[key]))


def _shared(name: str, sentences: list[tuple[str, str]], holders: Mapping[str, list[str]]) -> Iterable[Passage]:
    for key, shown in dict(sentences).items():
        others = tuple(other for other in holders[key] if other != name)
        if others:
            yield Passage("shared", shown, count(shown), others)


def _blank(prompt: str) -> Iterable[Passage]:
    """Trailing blanks, runs of blanks that indent nothing, more than one empty line."""
    tight = re.sub(r"[ \t]+$", "", prompt, flags=re.M)
    tight = re.sub(r"(?<=\S)[ \t]{2,}", " ", re.sub(r"\n{3,}", "\n\n", tight)).strip()
    saved = count(prompt.strip("\n")) - count(tight)
    if saved > 0:
        yield Passage("blank", "", saved)


def _examples(prompt: str) -> Iterable[Passage]:
    whole = count(prompt)
    fences = [match[0] for match in _FENCE.finditer(prompt)]
    rest = _FENCE.sub("\n\n", prompt)
    paragraphs = [each for each in re.split(r"\n\s*\n", rest) if _EXAMPLE.match(each)]
    for example in (*fences, *paragraphs):
        tokens = count(example)
        if tokens >= LONG_EXAMPLE and 4 * tokens >= whole:
            yield Passage("example", example, tokens)


def prompts_text(lines: Iterable[PromptLine], days: int) -> str:
    """In words, the dearest prompt first."""
    parts = ["\n".join(_lines(line, days)) for line in lines]
    return "\n\n".join(parts) + "\n" if parts else "No agent has a prompt.\n"


def _lines(line: PromptLine, days: int) -> list[str]:
    head = f"{line.agent}: {line.tokens:,} tokens in every call"
    use = line.use
    if not use.calls:
        lines = [head, f"  nothing was asked in the last {days} days"]
    elif use.prompt_nusd is None:
        lines = [head, f"  {use.calls:,} calls in {days} days; what it cost is not known, since a price is not"]
    else:
        share = 100 * use.prompt_nusd / use.cost_nusd if use.cost_nusd else 0.0
        sums = f"{format_usd(use.prompt_nusd)} of {format_usd(use.cost_nusd)}"
        lines = [head, f"  {sums} in {days} days over {use.calls:,} calls: {share:.0f} % of the cost of its answers"]
    for kind in ("repeated", "shared", "blank", "example"):
        found = sorted((each for each in line.passages if each.kind == kind), key=lambda each: -each.tokens)
        lines += [f"  {_told(each)}" for each in found[:MOST]]
        if len(found) > MOST:
            lines.append(f"  … and {len(found) - MOST} more such sentences")
    return lines if line.passages else [*lines, "  nothing in it is repeated or bloated"]


def _told(each: Passage) -> str:
    flat = " ".join(each.text.split())
    quoted = f"“{flat[: SHOWN - 1]}…”" if len(flat) > SHOWN else f"“{flat}”"
    match each.kind:
        case "repeated":
            return f"says twice or more: {quoted}; {each.tokens:,} tokens could go"
        case "shared":
            return f"stands in {', '.join(each.others)} too: {quoted} ({each.tokens:,} tokens)"
        case "blank":
            return f"white space that means nothing: {each.tokens:,} tokens could go"
        case _:
            return f"a large example of {each.tokens:,} tokens: {quoted}; a shorter one may do"
