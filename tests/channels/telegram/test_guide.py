"""docs/telegram.md: its settings load, and it quotes what the code says."""

import re
from pathlib import Path

import pytest

from channels.telegram import rights, webhook
from hub.config.settings import Settings
from tests.config.house import BASE, ENVIRONMENT, FAQ, PROMPTS, loaded, write

pytestmark = pytest.mark.unit

PAGE = (Path(__file__).parents[3] / "docs" / "telegram.md").read_text(encoding="utf-8")
BLOCKS = [re.sub(r"^   ", "", block, flags=re.M) for block in re.findall(r"```toml\n(.*?)```", PAGE, re.S)]
TELEGRAM = '[channels.telegram]\ntoken = "env:TELEGRAM_TOKEN"\n'
WEB = '[channels.web]\nlisten = "127.0.0.1:8080"\n'
SERVES = 'serves = ["web", "telegram"]'


def settings(folder: Path, text: str) -> Settings:
    return loaded(write(folder, text, PROMPTS | FAQ), {**ENVIRONMENT, "TELEGRAM_SECRET": "of-the-webhook"})


def test_each_block_is_what_the_settings_take(tmp_path: Path) -> None:
    polled, called, always = BLOCKS
    channel, agent = polled.split("\n[agents.support-faq]\n")
    assert channel == TELEGRAM
    assert agent.strip() == 'serves = ["telegram"]'

    (telegram,) = [
        each for each in settings(tmp_path, BASE.replace(WEB + TELEGRAM, called)).channels if each.webhook_url
    ]
    assert telegram.webhook_url == "https://hub.example.com"

    place = (
        settings(tmp_path, BASE.replace(SERVES, always.replace("[", '["web", ', 1))).agents["support-faq"].serves[-1]
    )
    assert (place.chat, place.always) == ("-1001234567890", True)


def test_it_quotes_what_the_code_says() -> None:
    assert "`the webhook is set`" in PAGE
    assert "; the webhook is set" in Path(rights.__file__).read_text(encoding="utf-8")
    assert webhook.BODY_AT_MOST == 1024 * 1024
    assert "larger than a megabyte 413" in PAGE
    for port in ("443", "80", "88", "8443"):
        assert port in PAGE
