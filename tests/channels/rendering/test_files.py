"""Long code as a file: which fences become one, what it is called, and that nothing else changes."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from channels.rendering import discord, telegram
from channels.rendering.cutting import sanitized, units, visible
from channels.rendering.files import CodeFile
from tests.channels.rendering.documents import PIECES, WELL_FORMED, is_shown, letters, words_of

pytestmark = pytest.mark.unit

LINE = "value = compute(value, 17)  # @everyone <@1> 👍\n"
FORMS: Any = {"telegram": telegram, "discord": discord}
LIMITS: dict[str, tuple[int, Callable[[str], int]]] = {"telegram": (4096, units), "discord": (2000, len)}


def code_of(name: str, messages: float) -> str:
    """Code that would fill so many messages."""
    limit, length = LIMITS[name]
    return LINE * int(limit * messages / length(LINE))


@pytest.fixture(params=FORMS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_long_code_is_one_part_between_the_words_around_it(name: str) -> None:
    form, code = FORMS[name], code_of(name, 2.5)
    source = f"# Before\n\nwords\n\n```python\n{code}```\n\nafter **it**"
    before, fence, after = form.split_with_files(source)
    assert form.split("# Before\n\nwords") == [before]
    assert fence == f"```python\n{code}```"
    assert form.file(fence) == CodeFile("answer.py", code.encode())
    assert after == "after **it**"
    assert form.file(before) is form.file(after) is None


def test_code_that_fills_two_messages_stays_in_the_text(name: str) -> None:
    form = FORMS[name]
    source = f"words\n\n```python\n{code_of(name, 1.5)}```\n\nafter"
    assert form.split_with_files(source) == form.split(source)
    assert len(form.split(source)) >= 2


def test_what_counts_is_how_long_it_is_once_shown() -> None:
    room = 2 * telegram.Telegram.limit.length
    for longer, files in ((0, 0), (1, 1)):
        source = "```python\n" + "x" * (room + longer) + "\n```"
        assert sum(telegram.file(part) is not None for part in telegram.split_with_files(source)) == files
    source = "```\n" + "a < b\n" * 600 + "```"
    assert discord.Discord().plain_length(source) > 2 * discord.Discord.limit.length
    assert discord.split_with_files(source) == discord.split(source)


def test_every_long_fence_is_a_file_and_the_short_ones_are_not(name: str) -> None:
    form, code = FORMS[name], code_of(name, 2.5)
    source = f"```js\n{code}```\n```\nshort\n```\n~~~~ sql\n{code}~~~\n{code}~~~~\nend"
    one, short, two, end = form.split_with_files(source)
    assert form.file(one) == CodeFile("answer.js", code.encode())
    assert short == "```\nshort\n```"
    assert form.file(two) == CodeFile("answer.sql", f"{code}~~~\n{code}".encode())
    assert end == "end"


def test_a_fence_that_was_never_closed_is_a_file_too(name: str) -> None:
    form, code = FORMS[name], code_of(name, 3)
    (fence,) = form.split_with_files(f"```\n{code}")
    assert form.file(fence) == CodeFile("answer.txt", code.encode())


@pytest.mark.parametrize("around", ["- item\n\n  ```\n{}\n  ```", "> ```\n{}\n> ```", "{}", "```\n{}\n```"])
def test_what_stands_within_other_blocks_or_shows_nothing_stays_text(name: str, around: str) -> None:
    form, code = FORMS[name], code_of(name, 3).rstrip()
    indent = around.split("```")[0].rpartition("\n")[2].replace("- ", "  ")
    if around.startswith("```"):
        code = " \n" * 4000
    source = around.format("\n".join(indent + line for line in code.split("\n")))
    assert form.split_with_files(source) == form.split(source)


@pytest.mark.parametrize(
    ("info", "file"),
    [
        ("Python", "answer.py"),
        ("c++", "answer.cpp"),
        ("exe", "answer.txt"),
        ("../../etc/passwd", "answer.txt"),
        ("", "answer.txt"),
    ],
)
def test_the_language_names_the_file(name: str, info: str, file: str) -> None:
    form = FORMS[name]
    assert form.file(f"```{info}\n{code_of(name, 3)}```").name == file


def test_what_the_opening_line_says_is_in_the_caption_and_calls_nobody() -> None:
    info = "python main.py @everyone <@1> *x*"
    shown = telegram.file(f"```{info}\n{code_of('telegram', 3)}```")
    assert shown
    assert telegram.caption(shown) == telegram.Shown(
        "answer.py main.py @everyone <@1> *x*", (telegram.Entity("code", 0, 9),)
    )
    shown = discord.file(f"```{info}\n{code_of('discord', 3)}```")
    assert shown
    assert discord.caption(shown) == "`answer.py` main.py @\u200beveryone \\<@1> \\*x\\*"


def test_an_opening_line_that_no_caption_holds_stays_in_the_text(name: str) -> None:
    form = FORMS[name]
    source = f"```python {'note ' * 100}\n{code_of(name, 3)}```"
    assert form.split_with_files(source) == form.split(source)


@pytest.mark.property
@settings(max_examples=20, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(WELL_FORMED, st.sampled_from(["```py", "~~~", " ```", "````"]), WELL_FORMED)
def test_whatever_stands_around_it_no_word_is_lost(before: str, opening: str, after: str) -> None:
    for name, form in FORMS.items():
        limit, length = LIMITS[name]
        code = code_of(name, 3)
        source = f"{before}\n\n{opening}\n{code}{opening.removesuffix('py')}\n\n{after}"
        parts = form.split_with_files(source)
        files = [form.file(part) for part in parts]
        assert [file.data.decode().replace(" ", "") for file in files if file] == [code.replace(" ", "")]
        shown = [shown_by(name, part) for part, file in zip(parts, files, strict=True) if not file]
        assert all(length(each) <= limit for each in shown)
        assert is_shown(words_of(f"{before}\n{after}"), letters("".join(shown)))


def shown_by(name: str, part: str) -> str:
    return telegram.render(part).text if name == "telegram" else discord.render(part)


@pytest.mark.property
@settings(max_examples=50, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(st.lists(PIECES, max_size=60).map("".join), st.integers(1, 400))
def test_of_any_text_each_part_is_a_file_or_fits(source: str, times: int) -> None:
    for name, form in FORMS.items():
        limit, length = LIMITS[name]
        whole = source * times
        parts = form.split_with_files(whole)
        assert bool(parts) == visible(sanitized(whole))
        for part in parts:
            assert form.file(part) or length(shown_by(name, part)) <= limit
