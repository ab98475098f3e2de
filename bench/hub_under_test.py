"""The settings of a hub that talks to the world of `bench.world`: everything on that is built, at its own full care."""

from collections.abc import Sequence
from pathlib import Path

from tests.wire.fakes.discord_shapes import TOKEN as DISCORD_TOKEN
from tests.wire.fakes.slack import APP_TOKEN, BOT_TOKEN

SETTINGS = """
[hub]
name = "Bench"
timezone = "UTC"
database = "{database}"
default_region = "here"
max_turns = 256

[channels.{channel}]
{account}
pace = {{ overall = 100000, chat = 1000, group = 1000, unconfirmed = {unconfirmed} }}

[regions.here]
location = "Europe/London"
residency = "none"

[models."gpt-4o-mini"]
price = {{ input = 0.15, cached_input = 0.075, output = 0.60 }}

[agents.bench]
purpose = "Answers the bench"
prompt = "bench.md"
serves = ["{channel}"]
budget = {{ monthly = {monthly} }}
context = {{ tokens = 3000, max_output = 600 }}
tiers = {{ simple = "gpt-4o-mini" }}

[[agents.bench.deployments]]
region = "here"
api = "openai"
url = "{model}"
key = "env:BENCH_MODEL_KEY"
max_concurrency = 500
"""
SECRETS = {
    "BENCH_TELEGRAM_TOKEN": "123456:bench-bench-bench-bench-bench-bench",
    "BENCH_MODEL_KEY": "bench",
    "DISCORD_TOKEN": DISCORD_TOKEN,
    "SLACK_BOT_TOKEN": BOT_TOKEN,
    "SLACK_APP_TOKEN": APP_TOKEN,
}
ACCOUNTS = {
    "telegram": 'token = "env:BENCH_TELEGRAM_TOKEN"\napi_url = "{platform}"',
    "discord": 'token = "env:DISCORD_TOKEN"\napi_url = "{platform}"\ngateway_url = "{gateway}"',
    "slack": 'bot_token = "env:SLACK_BOT_TOKEN"\napp_token = "env:SLACK_APP_TOKEN"\napi_url = "{platform}"',
}
"""The lines of each channel's table, to be filled with the addresses of the world."""


def write_settings(
    folder: Path,
    *,
    model: str,
    telegram: str = "",
    channel: str = "telegram",
    gateway: str = "",
    platform: str = "",
    database: str = "sqlite:var/hub.db",
    monthly: float = 100_000,
    unconfirmed: int = 500,
) -> Path:
    """Write regions.toml and its prompt into the folder; the path of regions.toml.

    `telegram`, or `platform` of another channel: the address of its API.
    """
    prompts = folder / "prompts"
    prompts.mkdir(parents=True, exist_ok=True)
    (prompts / "bench.md").write_text("You are a helpful assistant. Answer in a few sentences.\n", encoding="utf-8")
    path = folder / "regions.toml"
    text = SETTINGS.format(
        channel=channel,
        account=ACCOUNTS[channel].format(platform=platform or telegram, gateway=gateway),
        model=model,
        database=database,
        monthly=monthly,
        unconfirmed=unconfirmed,
    )
    path.write_text(text, encoding="utf-8")
    return path


def command(python: str, path: Path, *, embeddings: bool = True) -> Sequence[str]:
    """How the hub is started on them; `embeddings`: with that extra, where it is installed."""
    return [python, "-m", "hub" if embeddings else "bench.words_only", "run", "--config", str(path)]
