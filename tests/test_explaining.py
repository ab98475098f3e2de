"""`trunkline route`: a decision explained by the settings."""

import pytest

from hub.explaining import NoSuchQuestion, explained
from tests.pipeline.hub import FAR, NEAR, agent, settings

pytestmark = pytest.mark.unit

ONE = settings(agent())
TWO = settings(agent(), agent(name="sales"))


@pytest.mark.parametrize(
    ("place", "whence", "first"),
    [
        ("Asia/Tokyo", "Your time zone is Asia/Tokyo.", NEAR),
        ("Europe/Oslo", "Your time zone is Europe/Oslo.", FAR),
        ("FR", "You shared a location.", FAR),
        ("40.7,-74", "You shared a location.", FAR),
        ("east", "You chose the region east.", FAR),
        ("", "Nothing tells where you are, so the default region west counts.", NEAR),
    ],
)
def test_who_answers_from_a_place(place: str, whence: str, first: str) -> None:
    lines = explained(ONE, "", place)
    assert lines[0] == whence
    assert lines[1].startswith(f"{first} in ")


def test_what_is_down_is_passed_over_and_said_so() -> None:
    lines = explained(ONE, "support", "Asia/Tokyo", [NEAR])
    assert lines[1].startswith(f"{FAR} in east is the nearest that can answer")
    assert lines[-1] == f"Passed over {NEAR}: it cannot take calls now."


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("", "FR"), "Say which agent, with --agent: sales, support."),
        (("faq", "FR"), "There is no agent faq; there are sales, support."),
        (("support", "Atlantis"), "Atlantis is no place"),
    ],
)
def test_a_question_that_cannot_be_answered_says_what_can(asked: tuple[str, str], words: str) -> None:
    with pytest.raises(NoSuchQuestion, match=words):
        explained(TWO, *asked)


def test_a_deployment_that_there_is_not_cannot_be_down() -> None:
    with pytest.raises(NoSuchQuestion, match=f"support has no deployment moon; it has {FAR}, {NEAR}."):
        explained(ONE, "", "FR", ["moon"])
