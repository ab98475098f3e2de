"""The menu of commands: what it looks like, and when it need not be overwritten."""

import pytest

from channels.discord.menu import menu_of, same
from hub.channel import CommandSpec

pytestmark = pytest.mark.unit

HELP = CommandSpec("help", "What I can do")


def test_the_menu_shows_everything_and_roles_only_to_administrators() -> None:
    region = CommandSpec("region", "Where you are", "name of the region", suggests=True)
    menu = menu_of([HELP, region, CommandSpec("report", "Figures", role="viewer")])
    assert [each["name"] for each in menu] == ["help", "region", "report"]
    assert menu[1]["options"] == [
        {"type": 3, "name": "name-of-the-region", "description": "name of the region", "autocomplete": True}
    ]
    assert [each.get("default_member_permissions") for each in menu] == [None, None, 0]
    assert [each["contexts"] for each in menu] == [[0, 1], [0, 1], [0]]


def test_a_translation_goes_to_each_locale_of_its_language() -> None:
    (shown,) = menu_of([CommandSpec("help", "x", translations={"pt": "Ajuda", "es": "Ayuda", "es-419": "Auxilio"})])
    assert shown["description_localizations"] == {"pt-BR": "Ajuda", "es-ES": "Ayuda", "es-419": "Auxilio"}


def test_it_is_the_same_whatever_the_platform_adds() -> None:
    (shown,) = wanted = menu_of([HELP])
    registered = {**shown, "id": "5", "version": "9", "nsfw": False, "options": []}
    assert same(wanted, [registered])
    assert not same(wanted, [])
    assert not same(wanted, [{**registered, "description": "Other"}])
    assert not same(wanted, [registered, {**registered, "name": "old"}])
    for change in (
        {"description_localizations": {"de": "Hilfe"}},
        {"default_member_permissions": "0"},
        {"contexts": [0]},
    ):
        assert not same(wanted, [{**registered, **change}])
    assert same(menu_of([CommandSpec("a", "b", role="owner")]), [{**registered_admin(), "version": "1"}])


def registered_admin() -> dict[str, object]:
    """As Discord answers: the number is a text there."""
    return {"name": "a", "description": "b", "type": 1, "contexts": [0], "default_member_permissions": "0"}
