"""What a right configuration becomes."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hub.config.problems import ConfigError, Problem
from hub.config.settings import (
    PRACTICE,
    Access,
    Agent,
    AlertSettings,
    Budget,
    Budgets,
    ChannelSettings,
    ContextSettings,
    Deployment,
    Grant,
    HubSettings,
    Limit,
    PaceSettings,
    Price,
    Region,
    ReportSettings,
    ReuseSettings,
    Secret,
    Serves,
    Settings,
)
from tests.config.house import BASE, ENVIRONMENT, FAQ, PROMPTS, SECRET, complaints, loaded, write

pytestmark = pytest.mark.unit

FULL = """
[hub]
name = "Acme"
timezone = "Europe/Berlin"
database = "postgresql://user@host/db"
admins = ["telegram:123456789"]
default_region = "eu-west"
max_turns = 8
lease_s = 7.5

[channels.web]
listen = "0.0.0.0:8080"
secret = "env:WEB_SECRET"
[channels.telegram]
token = "env:TELEGRAM_TOKEN"
api_url = "http://127.0.0.1:8081"
pace = { overall = 30, chat = 1, group = 0.33, unconfirmed = 4 }
allow = ["987654321", "chat:-1001234567"]
invitations = true
bots = ["5550001"]
[channels.telegram.sales]
token = "env:SALES_TOKEN"
bots = true
[channels.console]

[regions.us-west]
location = "America/Los_Angeles"
residency = "us"
[regions.eu-west]
location = "Europe/Dublin"
residency = "eu"
[regions.home]
location = "37.77,-122.42"

[budgets]
hub = { monthly = 100, daily = 10.5, alert_at = [1, 0.5] }
person = { daily_tokens = 100_000 }
[roles]
viewer = ["web:01a201a9b16cee0932e8d9b036", "telegram:5"]
operator = { sales = ["telegram:6"] }
[alerts]
to = ["telegram:-1001234567"]
queue = 7
[reports.daily]
[reports.weekly]
at = "sun 18:30"
to = ["telegram/sales:-1001234567"]
folder = "reports"

[models."acme-13b"]
price = { input = 0.15, cached_input = 0.075, output = 0.60 }

[agents.support-faq]
purpose = "Customer FAQ, order status"
prompt = "support-faq.md"
faq_first = true
serves = ["telegram/main", "telegram:-1001234567", "web", "console"]
busy = "collect"
hedge = true
reuse = { hours = 24, similar = true }
budget = { monthly = 50.00, when_spent = ["shorter", "cheaper", "faq"] }
context = { tokens = 4000, max_output = 500, exchanges = 12, recall_turns = 40 }
tiers = { simple = "acme-13b", complex = "gpt-4o" }
residency = "strict"
default_zone = "eu"

[[agents.support-faq.deployments]]
region = "eu-west"
api = "openai"
url = "https://support-eu-west.example.com/v1/"
key = "env:SUPPORT_EU_KEY"
max_concurrency = 5
weight = 2
first_token_s = 120
[[agents.support-faq.deployments]]
region = "eu-west"
api = "faq"
[[agents.support-faq.deployments]]
region = "us-west"
api = "openai"
key = "env:UNSET_KEY"

[agents.sales]
prompt = "sales.md"
serves = ["telegram"]
offers = ["web", "telegram:-1001234567 always"]
[[agents.sales.deployments]]
region = "home"
api = "local"
"""

ALL_SET = ENVIRONMENT | {"WEB_SECRET": "0123456789abcdef", "SALES_TOKEN": "654321:sales-token"}
ALL_PROMPTS = {**PROMPTS, **FAQ, "sales.md": "You sell.\n"}

EU_KEY = Secret(SECRET, "env:SUPPORT_EU_KEY")


def expected(path: Path) -> Settings:
    return Settings(
        path=path,
        hub=HubSettings(
            name="Acme",
            timezone=ZoneInfo("Europe/Berlin"),
            database="postgresql://user@host/db",
            admins=("telegram:123456789",),
            default_region="eu-west",
            max_turns=8,
            lease_s=7.5,
        ),
        channels=(
            ChannelSettings(
                "web", "main", {"secret": Secret("0123456789abcdef", "env:WEB_SECRET")}, listen="0.0.0.0:8080"
            ),
            ChannelSettings(
                "telegram",
                "main",
                {"token": Secret("123456:telegram-token", "env:TELEGRAM_TOKEN")},
                api_url="http://127.0.0.1:8081",
                pace=PaceSettings(overall=30.0, chat=1.0, group=0.33, unconfirmed=4),
                access=Access(
                    open=False,
                    people=frozenset({"987654321"}),
                    chats=frozenset({"-1001234567"}),
                    invitations=True,
                    bots=frozenset({"5550001"}),
                ),
            ),
            ChannelSettings(
                "telegram",
                "sales",
                {"token": Secret("654321:sales-token", "env:SALES_TOKEN")},
                access=Access(every_bot=True),
            ),
            ChannelSettings("console", "main", {}),
        ),
        regions={
            "us-west": Region("us-west", "America/Los_Angeles", 34.05, -118.24, "us"),
            "eu-west": Region("eu-west", "Europe/Dublin", 53.33, -6.25, "eu"),
            "home": Region("home", "37.77,-122.42", 37.77, -122.42, ""),
        },
        prices={"acme-13b": Price(input=150_000_000, output=600_000_000, cached_input=75_000_000)},
        agents={"support-faq": support_faq(), "sales": sales()},
        notices=("agents.support-faq.deployments[2] (support-faq-us-west) is off: UNSET_KEY is not set.",),
        budgets=Budgets(
            hub=Budget((Limit("day", "nusd", 10_500_000_000), Limit("month", "nusd", 100_000_000_000)), (0.5, 1.0)),
            person=Budget((Limit("day", "tokens", 100_000),)),
        ),
        roles=(
            Grant("telegram:123456789", "owner"),
            Grant("web:01a201a9b16cee0932e8d9b036", "viewer"),
            Grant("telegram:5", "viewer"),
            Grant("telegram:6", "operator", "sales"),
        ),
        alerts=AlertSettings(to=(Serves("telegram", account="main", chat="-1001234567"),), queue=7),
        reports=(
            ReportSettings("day", 9, 0, (), "var/reports"),
            ReportSettings("week", 18, 30, (Serves("telegram", "sales", chat="-1001234567"),), "reports", weekday=6),
        ),
    )


def support_faq() -> Agent:
    return Agent(
        name="support-faq",
        purpose="Customer FAQ, order status",
        prompt="You answer customers.",
        faq=FAQ["support-faq.faq.md"],
        faq_first=True,
        serves=(
            Serves("telegram", account="main"),
            Serves("telegram", chat="-1001234567"),
            Serves("web"),
            Serves("console"),
        ),
        offers=(),
        busy="collect",
        budget=Budget((Limit("month", "nusd", 50_000_000_000),), when_spent=("shorter", "cheaper", "faq")),
        context=ContextSettings(tokens=4000, max_output=500, exchanges=12, recall_turns=40),
        tiers={"simple": "acme-13b", "complex": "gpt-4o"},
        residency="strict",
        default_zone="eu",
        hedge=True,
        reuse=ReuseSettings(hours=24, similar=True),
        deployments=(
            Deployment(
                "support-faq-eu-west",
                "support-faq",
                "eu-west",
                "openai",
                "https://support-eu-west.example.com/v1",
                EU_KEY,
                5,
                2.0,
                120.0,
            ),
            Deployment("support-faq-eu-west-2", "support-faq", "eu-west", "faq"),
        ),
    )


def sales() -> Agent:
    return Agent(
        name="sales",
        purpose="",
        prompt="You sell.",
        faq="",
        faq_first=False,
        serves=(Serves("telegram"),),
        offers=(Serves("web"), Serves("telegram", chat="-1001234567", always=True)),
        busy="queue",
        budget=Budget(when_spent=("shorter",)),
        context=PRACTICE,
        tiers={},
        residency="",
        default_zone="",
        deployments=(Deployment("sales-home", "sales", "home", "local"),),
    )


def test_every_key_arrives_in_the_settings(tmp_path: Path) -> None:
    path = write(tmp_path, FULL, ALL_PROMPTS)
    assert loaded(path, ALL_SET) == expected(path)


def test_a_secret_never_shows_itself(tmp_path: Path) -> None:
    settings = loaded(write(tmp_path, FULL, ALL_PROMPTS), ALL_SET)
    assert not any(value in repr(settings) for value in ALL_SET.values())
    assert "env:SUPPORT_EU_KEY" in repr(settings)


def test_what_is_not_written_has_its_default(tmp_path: Path) -> None:
    text = """
[regions.home]
location = "DE"
[agents.helper]
prompt = "support-faq.md"
serves = ["web"]
[[agents.helper.deployments]]
region = "home"
api = "local"
"""
    settings = loaded(write(tmp_path, text), {})
    assert settings.hub == HubSettings("Trunkline", ZoneInfo("UTC"), "sqlite:var/hub.db", (), "home")
    assert settings.channels == (ChannelSettings("web", "main", {}, listen="127.0.0.1:8080"),)
    assert settings.agents["helper"].budget == Budget()
    assert settings.notices == ()


def test_a_channel_without_its_secret_is_off_with_a_line(tmp_path: Path) -> None:
    settings = loaded(write(tmp_path, BASE), {"SUPPORT_EU_KEY": SECRET})
    assert [channel.channel for channel in settings.channels] == ["web"]
    assert settings.notices == ("channels.telegram is off: TELEGRAM_TOKEN is not set.",)


def test_no_channel_left_is_a_problem(tmp_path: Path) -> None:
    text = BASE.replace('[channels.web]\nlisten = "127.0.0.1:8080"\n', "").replace('"web", ', "")
    assert complaints(write(tmp_path, text), {"SUPPORT_EU_KEY": SECRET}) == [
        "regions.toml: channels: no channel is on; set the secret of one, or add [channels.web]"
    ]


def test_several_accounts_need_no_main_one(tmp_path: Path) -> None:
    accounts = '[channels.telegram.support]\ntoken = "env:TELEGRAM_TOKEN"\n[channels.telegram.sales]\ntoken = "env:B"'
    text = BASE.replace('[channels.telegram]\ntoken = "env:TELEGRAM_TOKEN"', accounts)
    settings = loaded(write(tmp_path, text), ENVIRONMENT | {"B": "2:b"})
    assert [channel.account for channel in settings.channels] == ["main", "support", "sales"]


@pytest.mark.parametrize(
    ("agent", "steps"),
    [
        ("monthly = 50.00 }", ("shorter",)),
        ('monthly = 50.00 }\ntiers = { simple = "gpt-4o-mini", complex = "gpt-4o" } #', ("shorter", "cheaper")),
    ],
)
def test_unwritten_steps_are_those_that_the_agent_can_take(tmp_path: Path, agent: str, steps: tuple[str, ...]) -> None:
    text = BASE.replace("monthly = 50.00 }", agent)
    if "#" in agent:
        text = text.replace('#\ntiers = { simple = "gpt-4o-mini" }', "")
    assert loaded(write(tmp_path, text)).agents["support-faq"].budget.when_spent == steps
    with_faq = loaded(write(tmp_path, text, PROMPTS | FAQ))
    assert with_faq.agents["support-faq"].budget.when_spent == (*steps, "faq")


def test_an_unknown_price_without_a_budget_is_told(tmp_path: Path) -> None:
    text = BASE.replace("budget = { monthly = 50.00 }\n", "").replace("gpt-4o-mini", "acme-13b")
    unknown = 'agents.support-faq: the price of "acme-13b" is not known, so its costs are not either'
    assert loaded(write(tmp_path, text)).notices == (f'{unknown}; [models."acme-13b"] can say it.',)


def test_a_price_that_no_agent_needs_is_told(tmp_path: Path) -> None:
    text = BASE + '[models."gpt-4o-mni"]\nprice = { input = 1, output = 2 }\n'
    assert loaded(write(tmp_path, text)).notices == (
        'models."gpt-4o-mni": no agent asks this model; its price is not used.',
    )


def test_a_free_price_satisfies_a_budget(tmp_path: Path) -> None:
    text = BASE.replace("gpt-4o-mini", "acme-13b") + '[models."acme-13b"]\nprice = { input = 0, output = 0 }\n'
    assert loaded(write(tmp_path, text)).prices == {"acme-13b": Price(0, 0)}


def test_plain_http_without_a_key_is_told(tmp_path: Path) -> None:
    text = BASE.replace("https:", "http:").replace('key = "env:SUPPORT_EU_KEY"\n', "")
    calls = 'agents.support-faq.deployments[0] calls "support-eu-west.example.com" by plain http'
    assert loaded(write(tmp_path, text)).notices == (f"{calls}: what people write can be read on the way.",)


@pytest.mark.parametrize("host", ["localhost:11434", "127.0.0.1:11434", "[::1]:11434"])
def test_plain_http_on_this_machine_takes_a_key(tmp_path: Path, host: str) -> None:
    text = BASE.replace("https://support-eu-west.example.com", f"http://{host}")
    settings = loaded(write(tmp_path, text))
    assert settings.agents["support-faq"].deployments[0].url == f"http://{host}/v1"
    assert settings.notices == ()


def test_deployments_of_one_region_are_numbered_past_other_regions(tmp_path: Path) -> None:
    text = BASE + '[regions.eu-west-2]\nlocation = "DE"\n'
    for region in ("eu-west", "eu-west-2", "eu-west"):
        text += f'[[agents.support-faq.deployments]]\nregion = "{region}"\napi = "local"\n'
    names = [deployment.name for deployment in loaded(write(tmp_path, text)).agents["support-faq"].deployments]
    assert names == [f"support-faq-eu-west{number}" for number in ("", "-3", "-2", "-4")]


def test_a_deployment_keeps_its_name_when_another_is_off(tmp_path: Path) -> None:
    text = BASE + '[[agents.support-faq.deployments]]\nregion = "eu-west"\napi = "local"\n'
    off = loaded(write(tmp_path, text.replace("env:SUPPORT_EU_KEY", "env:UNSET")))
    assert [deployment.name for deployment in off.agents["support-faq"].deployments] == ["support-faq-eu-west-2"]


def test_the_more_specific_agent_may_stand_beside_the_general_one(tmp_path: Path) -> None:
    text = BASE + (
        '[agents.sales]\nprompt = "support-faq.md"\nserves = ["web/main", "telegram/main", "telegram:-1001234567"]\n'
        '[[agents.sales.deployments]]\nregion = "us-west"\napi = "local"\n'
    )
    assert complaints(write(tmp_path, text)) == []


def test_a_problem_is_one_line_and_has_its_parts() -> None:
    problem = Problem("regions.toml", "hub.name", "is blank", "write a value")
    assert str(problem) == "regions.toml: hub.name: is blank; write a value"
    assert ConfigError((problem, problem)).problems == (problem, problem)


def test_the_full_design_is_known(tmp_path: Path) -> None:
    path = write(tmp_path, (Path(__file__).with_name("design.toml")).read_text(encoding="utf-8"), PROMPTS | FAQ)
    assert complaints(path) == [
        'regions.toml: channels.discord: no agent serves it; add "discord" to the serves of one, or remove the section',
    ]


def test_a_prompt_that_fills_its_context_is_a_problem(tmp_path: Path) -> None:
    path = write(tmp_path, FULL, {**ALL_PROMPTS, "support-faq.md": "word " * 4_000})
    with pytest.raises(ConfigError) as caught:
        loaded(path, ALL_SET)
    assert "agents.support-faq.context.tokens: 4,000 tokens leave no room for a message" in str(caught.value)


@pytest.mark.parametrize("way", ["app_token", "signing_secret"])
def test_slack_accounts_with_either_way_in(tmp_path: Path, way: str) -> None:
    text = f"""
[channels.slack]
bot_token = "env:SLACK_BOT_TOKEN"
{way} = "env:SLACK_OTHER"
pace = {{ overall = 9 }}
[channels.slack.sales]
bot_token = "env:SLACK_UNSET"
{way} = "env:SLACK_OTHER"
"""
    secrets = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_OTHER": "other"}
    house = BASE.replace("[channels.telegram]", f"{text}[channels.telegram]").replace(
        '"telegram"]', '"telegram", "slack"]'
    )
    settings = loaded(write(tmp_path, house, PROMPTS | FAQ), ENVIRONMENT | secrets)
    (slack,) = [each for each in settings.channels if each.channel == "slack"]
    assert (slack.account, slack.pace.overall) == ("main", 9)
    assert {name: secret.reveal() for name, secret in slack.secrets.items()} == {"bot_token": "xoxb-1", way: "other"}
    assert any("SLACK_UNSET" in notice for notice in settings.notices)


WEBHOOK = """
[channels.telegram]
token = "env:TELEGRAM_TOKEN"
webhook = { url = "URL", secret = "env:HOOK_SECRET" }
"""


@pytest.mark.parametrize(
    ("url", "more"),
    [
        ("https://hub.example.com", ""),
        ("https://hub.example.com:8443/bots", ""),
        ("http://127.0.0.1:9000", 'api_url = "http://127.0.0.1:8081"'),
    ],
)
def test_a_telegram_webhook(tmp_path: Path, url: str, more: str) -> None:
    written = BASE.replace('[channels.telegram]\ntoken = "env:TELEGRAM_TOKEN"', WEBHOOK.replace("URL", url) + more)
    settings = loaded(write(tmp_path, written, PROMPTS | FAQ), ENVIRONMENT | {"HOOK_SECRET": "Ab_9-"})
    (telegram,) = [each for each in settings.channels if each.channel == "telegram"]
    assert telegram.webhook_url == url
    assert telegram.secrets["webhook_secret"].reveal() == "Ab_9-"


def test_a_telegram_webhook_whose_secret_is_not_set_switches_the_account_off(tmp_path: Path) -> None:
    written = BASE.replace(
        '[channels.telegram]\ntoken = "env:TELEGRAM_TOKEN"', WEBHOOK.replace("URL", "https://a.example")
    )
    settings = loaded(write(tmp_path, written, PROMPTS | FAQ), ENVIRONMENT)
    assert [each.channel for each in settings.channels] == ["web"]
    assert any("HOOK_SECRET is not set" in notice for notice in settings.notices)


def test_a_telegram_webhook_wants_a_server(tmp_path: Path) -> None:
    text = WEBHOOK.replace("URL", "https://hub.example.com")
    written = BASE.replace('[channels.telegram]\ntoken = "env:TELEGRAM_TOKEN"', text)
    written = written.replace('[channels.web]\nlisten = "127.0.0.1:8080"', "").replace('"web", ', "")
    assert complaints(write(tmp_path, written, PROMPTS | FAQ), ENVIRONMENT | {"HOOK_SECRET": "x"}) == [
        "regions.toml: channels.telegram.webhook: nobody listens for what Telegram brings; add [channels.web]"
    ]
