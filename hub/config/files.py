"""Reading what an operator wrote: regions.toml, prompts and FAQs."""

import re
import tomllib
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import msgspec

from hub.config.problems import Findings, Key, quoted, written
from hub.errors import TrunklineError

_MAX_BYTES = 1_000_000
"""Larger is no configuration, but a wrong file."""
_TWICE = re.compile(r"Cannot declare \((?P<names>.+)\) twice")
_PLACE = re.compile(r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")


def read_text(path: Path, key: Key, findings: Findings, name: str = "the file") -> str | None:
    """The text of a UTF-8 file, or None after a problem. A byte order mark is left out."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            findings.problem(key, f"{name} has more than {_MAX_BYTES:,} bytes", "is it the right file?")
            return None
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        findings.problem(key, f"{name} does not exist", "create it, or correct its name")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        findings.problem(key, f"{name} is not UTF-8 (line {line})", "save it as UTF-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is not possible"
        findings.problem(key, f"{name} cannot be read: {reason}", "correct its name or its permissions")
    return None


def parse_toml(text: str, findings: Findings) -> dict[str, Any] | None:
    """The tables of a TOML text, fractions as Decimal so that no cent is rounded; None after a problem."""
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        _not_toml(str(error), text, findings)
    except RecursionError:
        findings.problem((), "not valid TOML: nested too deeply", "is it the right file?")
    except (ValueError, InvalidOperation):
        findings.problem((), "a number has too many digits", "write numbers as people do")
    return None


def _not_toml(said: str, text: str, findings: Findings) -> None:
    place = _PLACE.search(said)
    line = int(place["line"]) if place and place["line"] else text.count("\n") + 1
    reason = _PLACE.sub("", said)
    if reason == "Cannot overwrite a value":
        findings.problem_in_line(line, "this key has a value already", "remove one of the two")
    elif twice := _TWICE.fullmatch(reason):
        table = written(tuple(re.findall(r"'([^']*)'", twice["names"])))
        findings.problem_in_line(line, f"[{table}] stands twice", "remove one, or put their keys together")
    else:
        findings.problem_in_line(line, f"not valid TOML: {reason}", "correct it")


class PromptFiles(msgspec.Struct, frozen=True):
    """What stands in prompts/ for one agent."""

    prompt: str
    faq: str
    """Empty where there is no FAQ file."""
    faq_name: str


CheckFaq = Callable[[str], object]
"""Raises TrunklineError, as `what is wrong; what to do`, for the text of a malformed FAQ."""


def read_prompt(folder: Path, name: str, check_faq: CheckFaq, key: Key, findings: Findings) -> PromptFiles | None:
    """The prompt `name` in `folder` and the FAQ beside it, `x.md` and `x.faq.md`; None after a problem."""
    if not name.endswith(".md") or name.endswith(".faq.md") or "\0" in name:
        findings.problem(key, f"{quoted(name)} is not the name of a prompt file", 'a prompt is called "name.md"')
        return None
    stem = name.removesuffix(".md")
    faq_name = f"{stem}.faq.md"
    try:
        inside = all((folder / file).resolve().is_relative_to(folder.resolve()) for file in (name, faq_name))
    except (OSError, RuntimeError):  # a loop of symbolic links
        inside = False
    if not inside:
        findings.problem(key, f"{quoted(name)} is outside prompts/", "move it into prompts/ and give its name alone")
        return None
    prompt = read_text(folder / name, key, findings, f"prompts/{name}")
    if prompt is not None and not prompt.strip():
        findings.problem(key, f"prompts/{name} is empty", "write what the agent is for")
    faq = ""
    if (folder / faq_name).exists():
        faq = _faq(folder / faq_name, check_faq, key, findings)
    return None if prompt is None else PromptFiles(prompt.strip(), faq, faq_name)


def _faq(path: Path, check_faq: CheckFaq, key: Key, findings: Findings) -> str:
    shown = f"prompts/{path.name}"
    text = read_text(path, key, findings, shown)
    if text is None:
        return ""
    if not re.search(r"^## +\S", text, re.M):
        findings.problem_in_file(shown, "there is no question", 'write each as a heading: "## question"')
        return text
    try:
        check_faq(text)
    except TrunklineError as error:
        wrong, _, remedy = str(error).rstrip(".").partition("; ")
        findings.problem_in_file(shown, wrong, remedy or "correct it")
    return text
