"""A long answer on each platform, as it was when somebody last looked at it.

`python -m tests.channels.rendering.test_golden` writes the files anew; look at the difference before it is kept.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from channels.rendering import discord, slack, telegram
from channels.rendering.cutting import units
from tests.channels.rendering.answer import answer
from tests.channels.rendering.marking import marked

pytestmark = pytest.mark.unit

FOLDER = Path(__file__).parent / "golden"
RULER = "\n\n" + "=" * 40 + "\n\n"
PLATFORMS: dict[str, tuple[Callable[[str], list[str]], Callable[[str], str]]] = {
    "telegram.txt": (telegram.split_with_files, marked),
    "discord.txt": (discord.split_with_files, lambda part: with_file(part) or discord.render(part)),
    "slack.txt": (slack.split, slack.render),
}


def with_file(part: str) -> str:
    """The words above a file, then the file; empty where the part is none."""
    file = discord.file(part)
    return f"{discord.caption(file)}\n\n[file {file.name}]\n{file.data.decode()}" if file else ""


def rendered(name: str) -> str:
    split, show = PLATFORMS[name]
    return RULER.join(map(show, split(answer()))) + "\n"


@pytest.mark.parametrize("name", PLATFORMS)
def test_a_long_answer_is_shown_as_it_was(name: str) -> None:
    assert rendered(name) == (FOLDER / name).read_text(encoding="utf-8")


def test_the_answer_is_what_it_says() -> None:
    source = answer()
    assert 30_000 <= len(source) < 31_000
    assert source.count("|--") + source.count("|:--") >= 3


def test_no_part_of_it_had_to_be_shown_as_written() -> None:
    for part in telegram.split_with_files(answer()):
        shown = telegram.render(part)
        assert shown.entities
        assert units(shown.text) <= telegram.LIMIT
    for part in discord.split_with_files(answer()):
        assert discord.file(part) or discord.render(part) != discord.plain(part) or "```" in part
    for part in slack.split(answer()):
        assert "**" not in slack.render(part)


if __name__ == "__main__":
    for name in PLATFORMS:
        (FOLDER / name).write_text(rendered(name), encoding="utf-8")
