"""What a command's argument can be in a chat."""

import pytest

from hub.commands import suggestions
from hub.commands.suggestions import MOST
from hub.config.settings import Region, Serves
from hub.messages import Sender
from tests.pipeline.channel import conversation
from tests.pipeline.hub import agent, changed, settings

pytestmark = pytest.mark.unit

ANYBODY = Sender("u1")
SERVED = settings(
    agent(name="support"),
    agent(name="sales", serves=(Serves("elsewhere"),), offers=(Serves("chat"),)),
    agent(name="secret", serves=(Serves("elsewhere"),)),
)


@pytest.mark.parametrize(
    ("command", "typed", "values"),
    [
        ("region", "", ["east", "west", "clear"]),
        ("region", " W", ["west"]),
        ("region", "x", []),
        ("agent", "", ["sales", "support", "default"]),
        ("agent", "s", ["sales", "support"]),
        ("agent", "se", []),  # not offered here
        ("help", "", []),
        ("nothing", "", []),
    ],
)
def test_what_fits_is_suggested(command: str, typed: str, values: list[str]) -> None:
    assert suggestions(command, typed, conversation(), ANYBODY, SERVED) == values


def test_no_more_than_a_platform_shows() -> None:
    many = {f"r{n:03}": Region(f"r{n:03}", "DE", 52.5, 13.4, "eu") for n in range(100)}
    assert len(suggestions("region", "r", conversation(), ANYBODY, changed(SERVED, regions=many))) == MOST
