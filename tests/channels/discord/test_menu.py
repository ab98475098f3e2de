"""The menu of commands: what it looks like, and when it need not be overwritten."""

import pytest

from channels.discord.menu import menu_of, same
from hub.channel import CommandSpec

pytestmark = pytest.mark.unit

HELP = CommandSpec("help", "What I can do")


def test_the_menu_shows_what_everyone_may_use() -> None:
    region = CommandSpec("region", "Where you are", "name of the region")
    menu = menu_of([HELP, region, CommandSpec("report", "Figures", role="viewer")])
    assert [each["name"] for each in menu] == ["help", "region"]
    assert menu[1]["options"] == [{"type": 3, "name": "name-of-the-region", "description": "name of the region"}]


def test_it_is_the_same_whatever_the_platform_adds() -> None:
    (shown,) = wanted = menu_of([HELP])
    registered = {**shown, "id": "5", "version": "9", "nsfw": False, "options": []}
    assert same(wanted, [registered])
    assert not same(wanted, [])
    assert not same(wanted, [{**registered, "description": "Other"}])
    assert not same(wanted, [registered, {**registered, "name": "old"}])
