"""Secrets: from the process environment and a `.env` file, never from regions.toml."""

import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

from hub.config.files import read_text
from hub.config.problems import Findings, Key
from hub.config.settings import Secret

_LINE = re.compile(r"(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*=\s*(?P<value>.*)")
_DOUBLE = re.compile(r'"(?P<value>(?:[^"\\]|\\.)*)"\s*(?:#.*)?')
_SINGLE = re.compile(r"'(?P<value>[^']*)'\s*(?:#.*)?")
_ESCAPED = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_REFERENCE = re.compile(r"env:(?P<name>[A-Za-z_][A-Za-z0-9_]*)")


def environment_of(path: Path, os_environ: Mapping[str, str]) -> dict[str, str]:
    """The variables of `.env` beside the file at `path`, overruled by those of the process.

    A line is `NAME=value`, with or without `export`, in double quotes (\\n, \\t, \\" and \\\\ are known), single quotes
    (as it stands) or none (up to ` #`); nothing is expanded. Raises ConfigError for a line that is none of these.
    """
    file = path.parent / ".env"
    if not file.exists():
        return dict(os_environ)
    findings = Findings(".env")
    found: dict[str, str] = {}
    for number, line in enumerate((read_text(file, (), findings) or "").splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        match = _LINE.fullmatch(stripped)
        value = _unquoted(match["value"]) if match else None
        if match is None or value is None:
            # The line itself is not shown: it may hold the secret.
            findings.problem_in_line(number, "is not NAME=value", "write NAME=value or NAME='value' on one line")
        else:
            found[match["name"]] = value
    findings.settle()
    return {**found, **os_environ}


def _unquoted(written: str) -> str | None:
    """The value, or None where a quote is not closed."""
    if written.startswith('"'):
        match = _DOUBLE.fullmatch(written)
        return _ESCAPED.sub(lambda e: _ESCAPES.get(e[1], e[1]), match["value"]) if match else None
    if written.startswith("'"):
        match = _SINGLE.fullmatch(written)
        return match["value"] if match else None
    return re.split(r"(?:^|\s)#", written, maxsplit=1)[0].strip()


class Looked(msgspec.Struct, frozen=True):
    """What looking for a secret found: the secret, or the variable that is not set, or neither after a problem."""

    secret: Secret | None = None
    unset: str = ""


def look_up(reference: str, key: Key, environment: Mapping[str, str], findings: Findings) -> Looked:
    """The secret that `env:NAME` stands for."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        remedy = 'write "env:NAME" and set NAME in the environment or in .env'
        findings.problem(key, "a secret is named here, never written out", remedy)
        return Looked()
    name = match["name"]
    value = environment.get(name)
    if value is None:
        return Looked(unset=name)
    if not value.strip():
        findings.problem(key, f"{name} is set but blank", "give it its value, or unset it to switch this off")
        return Looked()
    if not value.isprintable() or any(c.isspace() for c in value):
        findings.problem(key, f"{name} has white space or control characters in it", "set it to the bare secret")
        return Looked()
    return Looked(secret=Secret(value, reference))
