"""Whatever stands in the file: settings, or a ConfigError with lines; never another error."""

import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.config.environment import environment_of
from hub.config.problems import ConfigError
from hub.config.settings import Limit
from tests.config.house import BASE, FAQ, PROMPTS, complaints, loaded, write

pytestmark = pytest.mark.property

LINES = BASE.splitlines()
SCRAPS = st.one_of(
    st.sampled_from(
        [
            "true", "7", "-1", "nan", "1e400", '""', '" "', '"x"', "[]", "{}", "[[]]", '["web", 3]', "{ simple = 1 }",
            "1979-05-27T07:32:00Z", '"env:"', '"env:SUPPORT_EU_KEY"', '"http://[::1"', '"\\u0000"', '"../x.md"',
            '"postgresql://[x"', '"telegram:"', '{ monthly = 1e-400 }', "{ a.b.c.d = 1 }",
        ]
    ),
    st.text(max_size=12).map(lambda text: '"' + text.replace("\\", "").replace('"', "") + '"'),
    st.integers().map(str),
    st.decimals().map(str),
)  # fmt: skip


@st.composite
def spoilt(draw: st.DrawFn) -> str:
    """The base with some lines dropped, repeated, swapped, or with other values."""
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(lines) - 1))
        line = lines[place]
        how = draw(st.sampled_from(["drop", "value", "value", "value", "key", "table", "move"]))
        if how == "drop":
            lines[place] = ""
        elif how == "value" and " = " in line:
            lines[place] = line.split(" = ")[0] + " = " + draw(SCRAPS)
        elif how == "key" and " = " in line:
            lines[place] = draw(st.text("abcdefghij_-.", min_size=1, max_size=9)) + " = " + line.split(" = ", 1)[1]
        elif how == "table":
            lines[place] = draw(st.sampled_from(LINES))
        else:
            lines.insert(draw(st.integers(0, len(lines))), lines.pop(place))
    return "\n".join(lines)


def refused(read: Callable[[], object]) -> ConfigError | None:
    """The error of a refusal; any other error goes on and fails the test."""
    try:
        read()
    except ConfigError as error:
        return error
    return None


def check(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), content, PROMPTS | FAQ)
        error = refused(lambda: loaded(path))
    if error is None:
        return
    lines = str(error).split("\n")
    assert 0 < len(lines) == len(error.problems)
    assert all(line.isprintable() and "; " in line for line in lines)


@settings(max_examples=400, deadline=None)
@given(spoilt())
def test_a_spoilt_configuration_is_refused_in_lines(text: str) -> None:
    check(text.encode("utf-8", "replace"))


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))))
def test_garbage_is_refused_in_lines(content: bytes) -> None:
    check(content)


VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(-10, 10), st.just("web")),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["main", "token", "price", "budget", "pace", "deployments", "a b"]), inner, max_size=3
        ),
    ),
    max_leaves=8,
)
SECTIONS = (
    "hub",
    "channels",
    "regions",
    "models",
    "agents",
    "channels.telegram",
    "channels.web",
    "agents.a",
    "regions.r",
)


def toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f'"{name}" = {toml(each)}' for name, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(SECTIONS), VALUES, min_size=1, max_size=4))
def test_values_of_any_shape_are_refused_in_lines(values: dict[str, object]) -> None:
    check("\n".join(f"{name} = {toml(value)}" for name, value in values.items()).encode())


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=120))
def test_any_env_file_is_read_or_refused(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / ".env").write_bytes(content)
        path = Path(folder) / "regions.toml"
        error = refused(lambda: environment_of(path, {"KEY": "value"}))
        assert error.problems if error else environment_of(path, {"KEY": "value"})["KEY"] == "value"


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**18))
def test_every_nano_dollar_is_exact(nusd: int) -> None:
    usd = Decimal(nusd).scaleb(-9)
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), BASE.replace("50.00", f"{usd:f}"))
        assert complaints(path) == []
        assert loaded(path).agents["support-faq"].budget.limits == (Limit("month", "nusd", nusd),)
