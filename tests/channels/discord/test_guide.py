"""The guide is tried step by step against what the code asks for."""

import re
from pathlib import Path

import pytest

from channels.discord import catching_up
from channels.discord.channel import PACE
from channels.discord.rights import NEEDED
from channels.discord.session import HOPELESS_WAIT_S, NO_CONTENT, intents
from channels.rendering.discord import LIMIT

pytestmark = pytest.mark.unit

GUIDE = (Path(__file__).parents[3] / "docs" / "discord.md").read_text(encoding="utf-8")
WORDS = " ".join(GUIDE.split())


def test_the_invitation_asks_for_the_rights_that_are_checked() -> None:
    (number,) = re.findall(r"permissions=(\d+)", GUIDE)
    assert int(number) == sum(NEEDED)
    table = GUIDE[GUIDE.index("| asked for") : GUIDE.index("6. **Settings.**")]
    assert all(name in table for name in NEEDED.values())


def test_the_privileged_intents_are_those_it_names() -> None:
    asked = intents()
    assert (asked.message_content, asked.members, asked.presences) == (True, False, False)
    assert "Message Content Intent" in NO_CONTENT
    assert "Message Content Intent" in GUIDE
    assert "The other two (presence, server members) stay off" in WORDS


def test_its_figures_are_the_codes() -> None:
    assert catching_up.REACH_MS == 24 * 3600 * 1000
    assert "2,000 messages of one channel and 2,000 requests in all" in WORDS
    assert (catching_up.PAGE * catching_up.PAGES_OF_ONE, catching_up.PAGES_AT_MOST) == (2_000, 2_000)
    assert f"{PACE.overall:.0f} over all" in WORDS
    assert f"split at {LIMIT:,} characters" in WORDS
    assert HOPELESS_WAIT_S == 60
