"""A small configuration on disk, to be right or to be spoilt."""

from collections.abc import Mapping
from pathlib import Path

from hub.config.load import load
from hub.config.problems import ConfigError
from hub.config.settings import Settings

BASE = """\
[hub]
name = "Acme"
timezone = "Europe/Berlin"
default_region = "us-west"

[channels.web]
listen = "127.0.0.1:8080"
[channels.telegram]
token = "env:TELEGRAM_TOKEN"

[regions.us-west]
location = "America/Los_Angeles"
residency = "us"

[regions.eu-west]
location = "Europe/Dublin"
residency = "eu"

[agents.support-faq]
prompt = "support-faq.md"
serves = ["web", "telegram"]
budget = { monthly = 50.00 }
tiers = { simple = "gpt-4o-mini" }

[[agents.support-faq.deployments]]
region = "eu-west"
api = "openai"
url = "https://support-eu-west.example.com/v1"
key = "env:SUPPORT_EU_KEY"
"""

SECRET = "sk-9f8e7d6c5b4a39281706f5e4d3c2b1a0"
ENVIRONMENT = {"SUPPORT_EU_KEY": SECRET, "TELEGRAM_TOKEN": "123456:telegram-token"}
PROMPTS = {"support-faq.md": "You answer customers.\n"}
FAQ = {"support-faq.faq.md": "## When are you open?\n\nFrom nine to six.\n"}

_PLACES = {
    "America/Los_Angeles": (34.05, -118.24),
    "Europe/Dublin": (53.33, -6.25),
    "Europe/Berlin": (52.5, 13.37),
    "DE": (52.5, 13.37),
    "JP": (35.65, 139.74),
    "37.77,-122.42": (37.77, -122.42),
}
_PRICED = {("openai", "gpt-4o-mini"), ("openai", "gpt-4o"), ("anthropic", "claude-haiku-4-5")}


def place_of(text: str) -> tuple[float, float] | None:
    return _PLACES.get(text)


def price_known(api: str, model: str) -> bool:
    return api in ("local", "faq") or (api, model) in _PRICED


def write(folder: Path, text: str | bytes, prompts: Mapping[str, str] = PROMPTS) -> Path:
    """regions.toml and prompts/ in a folder; the path of the former."""
    (folder / "prompts").mkdir(exist_ok=True)
    for name, prompt in prompts.items():
        (folder / "prompts" / name).write_text(prompt, encoding="utf-8")
    path = folder / "regions.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def loaded(path: Path, environment: Mapping[str, str] = ENVIRONMENT) -> Settings:
    return load(path, environment, price_known=price_known, place_of=place_of)


def complaints(path: Path, environment: Mapping[str, str] = ENVIRONMENT) -> list[str]:
    """The lines that a load prints; empty where it succeeds."""
    try:
        loaded(path, environment)
    except ConfigError as error:
        return str(error).split("\n")
    return []
