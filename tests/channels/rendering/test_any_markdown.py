"""Rendering and splitting of any Markdown on each platform: it fits, nothing is lost, nobody is called, it ends."""

import re
from collections.abc import Callable
from typing import NamedTuple

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from channels.rendering import discord, slack, telegram
from channels.rendering.cutting import sanitized, units, visible
from channels.rendering.splitting import Form, Size, pieces
from tests.channels.rendering.documents import MARKDOWN, PIECES, WELL_FORMED, is_shown, letters, words_of

pytestmark = pytest.mark.property


class Platform(NamedTuple):
    split: Callable[[str], list[str]]
    render: Callable[..., str]
    length: Callable[[str], int]
    limit: int
    form: type


PHASES = (Phase.explicit, Phase.generate)
"""Without shrinking: of documents of this size it takes minutes."""

PLATFORMS = {
    "telegram": Platform(telegram.split, lambda *a, **k: telegram.render(*a, **k).text, units, 4096, telegram.Telegram),
    "discord": Platform(discord.split, discord.render, len, 2000, discord.Discord),
    "slack": Platform(slack.split, slack.render, len, 4000, slack.Slack),
}
each_platform = pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)


def narrow(platform: Platform, limit: int) -> Form:
    """The platform, if its messages were so short."""

    class Narrow(platform.form):
        def __init__(self) -> None:
            self.limit = Size(limit, 100 if platform.form is telegram.Telegram else 0)

        def surely_fits(self, source: str) -> bool:
            return len(source) * 6 <= limit

    form: Form = Narrow()
    return form


@each_platform
@settings(deadline=None)
@given(MARKDOWN)
def test_a_message_fits_and_shows_something(platform: Platform, source: str) -> None:
    for part in platform.split(source):
        for growing in (False, True):
            shown = platform.render(part, growing=growing)
            assert 0 < platform.length(shown) <= platform.limit
            assert visible(shown)
    assert bool(platform.split(source)) == visible(sanitized(source))


@each_platform
@settings(deadline=None)
@given(MARKDOWN, st.integers(40, 200))
def test_any_text_is_cut_into_short_messages(platform: Platform, source: str, limit: int) -> None:
    for part in pieces(source, narrow(platform, limit)):
        shown = platform.render(part)
        assert visible(shown)
        assert platform.length(shown) <= limit or platform.form().plain_length(part) <= limit


@each_platform
@settings(max_examples=30, deadline=None, phases=PHASES)
@given(WELL_FORMED, st.integers(200, 600))
def test_no_word_of_a_document_is_lost_wherever_it_is_cut(platform: Platform, source: str, limit: int) -> None:
    shown = "".join(platform.render(part) for part in pieces(source, narrow(platform, limit)))
    assert is_shown(words_of(source), letters(shown))


@each_platform
@settings(max_examples=30, deadline=None, phases=PHASES)
@given(WELL_FORMED)
def test_no_word_is_lost_at_the_platform_s_own_limit(platform: Platform, source: str) -> None:
    source = "\n\n".join([source] * 4)
    parts = platform.split(source)
    shown = [platform.render(part) for part in parts]
    assert all(platform.length(each) <= platform.limit for each in shown)
    assert is_shown(words_of(source), letters("".join(shown)))


@each_platform
@settings(max_examples=30, deadline=None, phases=PHASES)
@given(WELL_FORMED, st.integers(1000, 2000))
def test_every_part_closes_its_fences(platform: Platform, source: str, limit: int) -> None:
    for part in pieces("\n\n".join([source] * 3), narrow(platform, limit)):
        assert part.count("```") % 2 == 0
        assert platform.length(platform.render(part)) <= limit


@settings(deadline=None)
@given(MARKDOWN)
def test_nobody_is_called_on_discord(source: str) -> None:
    for part in discord.split(source + "@everyone <@1> <@&2> <#3> @here"):
        shown = discord.render(part)
        assert not re.search(r"@everyone|@here|(?<!\\)<[@#]", shown)


@settings(deadline=None)
@given(MARKDOWN)
def test_nobody_is_called_on_slack(source: str) -> None:
    for part in slack.split(source + "<!channel><@U1><#C1>@here @Everyone"):
        shown = slack.render(part)
        assert not re.search(r"<(?!https?://|mailto:)|@here\b|@everyone\b", shown, re.IGNORECASE)
        shown.encode()


@settings(deadline=None)
@given(MARKDOWN)
def test_nobody_is_called_on_telegram(source: str) -> None:
    for part in telegram.split(source + "[you](tg://user?id=1) [y](TG://USER?id=1)"):
        for entity in telegram.render(part).entities:
            assert entity.type != "text_mention"
            assert not entity.url.lower().startswith("tg://user")


@settings(deadline=None)
@given(MARKDOWN)
def test_telegram_s_entities_are_as_the_platform_wants_them(source: str) -> None:
    for part in telegram.split(source):
        shown = telegram.render(part)
        end = units(shown.text)
        assert len(shown.entities) <= 100
        for number, entity in enumerate(shown.entities):
            assert 0 <= entity.offset < entity.offset + entity.length <= end
            for later in shown.entities[number + 1 :]:
                apart = later.offset >= entity.offset + entity.length
                within = later.offset + later.length <= entity.offset + entity.length
                same = (later.offset, later.length) == (entity.offset, entity.length)
                assert apart or within or same
                if not apart:
                    assert entity.type not in ("code", "pre")
                    assert {entity.type, later.type} != {"code", "text_link"}


_MAY_HIDE = re.compile(r"&amp;|https://e\.example/a_b|\[x\]|(?:`{3,}|~{3,}).*|tg://user\?id=1", re.MULTILINE)
"""A character's name, an address, a box, a language: they are shown as what they stand for, where they are markup."""


@each_platform
@given(st.lists(PIECES, max_size=40).map("".join))
def test_whatever_is_written_no_letter_is_lost(platform: Platform, source: str) -> None:
    shown = "".join(map(platform.render, platform.split(source)))
    assert is_shown(letters(_MAY_HIDE.sub("", source)), letters(shown))
