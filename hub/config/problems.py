"""What is wrong in a configuration, as lines that name the file, the key and the remedy."""

import difflib
import re
from collections.abc import Iterable

import msgspec

from hub.errors import TrunklineError

Key = tuple[str | int, ...]
"""The way to a value: names of tables and keys, and places in lists from 0."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SHOWN = 60
"""Characters of a written value that a line repeats; more helps nobody."""


class Problem(msgspec.Struct, frozen=True):
    """One thing that an operator must change."""

    file: str
    key: str
    """Like `agents.support-faq.deployments[0].region`, `line 3`, or empty where the whole file is meant."""
    text: str
    """What is wrong. Never holds a secret."""
    remedy: str
    """What to do about it."""

    def __str__(self) -> str:
        place = f"{self.file}: {self.key}" if self.key else self.file
        return f"{place}: {self.text}; {self.remedy}"


class ConfigError(TrunklineError):
    """The configuration cannot be used."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class Findings:
    """Collects problems and notices, so that an operator sees all of them at once."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.notices: list[str] = []

    def problem(self, key: Key, text: str, remedy: str) -> None:
        self.problems.append(Problem(self.file, written(key), text, remedy))

    def problem_in_line(self, number: int, text: str, remedy: str) -> None:
        self.problems.append(Problem(self.file, f"line {number}", text, remedy))

    def problem_in_file(self, file: str, text: str, remedy: str) -> None:
        self.problems.append(Problem(file, "", text, remedy))

    def notice(self, text: str) -> None:
        self.notices.append(text)

    def settle(self) -> None:
        """Raises ConfigError where there is any problem."""
        if self.problems:
            raise ConfigError(tuple(self.problems))


def written(key: Key) -> str:
    """The key as it is written in TOML, with places in lists in brackets."""
    shown = ""
    for part in key:
        if isinstance(part, int):
            shown += f"[{part}]"
        else:
            shown += ("." if shown else "") + (part if _BARE.fullmatch(part) else quoted(part))
    return shown


def quoted(value: str) -> str:
    """The value in quotes on one line, shortened, with control characters made visible."""
    short = value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
    visible = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in short)
    return f'"{visible}"'


def suggestion(word: str, known: Iterable[str], otherwise: str = "remove it") -> str:
    """`did you mean …?` where a known word is near, else the choice there is, else the given remedy."""
    choice = sorted(set(known))
    by_folded = {name.casefold(): name for name in choice}
    near = difflib.get_close_matches(word.casefold()[:_SHOWN], by_folded, n=1, cutoff=0.6)
    if near:
        return f"did you mean {quoted(by_folded[near[0]])}?"
    if len(choice) == 1:
        return f"the only one is {quoted(choice[0])}"
    if 1 < len(choice) <= 12:
        return "choose one of: " + ", ".join(quoted(name) for name in choice)
    return otherwise
