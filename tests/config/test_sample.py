"""The sample that `make run` serves: it loads, and its FAQ answers."""

from pathlib import Path

import pytest

from hub.agents.faq import Faq
from hub.config.load import load
from hub.routing.geography import place_of
from tests.config.house import price_known

pytestmark = pytest.mark.unit

TOP = Path(__file__).parents[2]


@pytest.mark.parametrize("environment", [{}, {"TELEGRAM_TOKEN": "123456:abc"}])
def test_the_sample_is_right_with_and_without_a_token(environment: dict[str, str]) -> None:
    settings = load(
        TOP / "regions.toml",
        environment,
        price_known=price_known,
        place_of=place_of,
        check_faq=Faq.parse,
    )
    assert {channel.channel for channel in settings.channels} == ({"web", "telegram"} if environment else {"web"})
    assert {each.api for agent in settings.agents.values() for each in agent.deployments} == {"local"}
    assert len({deployment.region for deployment in settings.agents["support-faq"].deployments}) == 2


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("When do you open?", "9:00"),
        ("Do you fix e-bikes?", "Bosch"),
        ("how much for a flat tire", "$18"),
        ("Can I pay by card?", "credit card"),
        ("Can I rent a bike?", "$8"),
    ],
)
def test_the_sample_answers_what_customers_ask(question: str, word: str) -> None:
    faq = Faq.parse((TOP / "prompts" / "support-faq.faq.md").read_text(encoding="utf-8"))
    match = faq.best(question)
    assert match is not None
    assert match.sure
    assert word in match.answer
