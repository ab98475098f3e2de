"""Which chats, people, hosts and databases an operator means."""

import pytest

from hub.config.addresses import check_database, check_listen, is_loopback, parse_serves
from hub.config.problems import Findings
from hub.config.settings import Serves

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("entry", "serves"),
    [
        ("web", Serves("web")),
        ("telegram/support", Serves("telegram", account="support")),
        ("telegram:-1001234567", Serves("telegram", chat="-1001234567")),
        ("telegram/-1001234567", Serves("telegram", chat="-1001234567")),
        ("telegram/support:42", Serves("telegram", account="support", chat="42")),
        ("telegram/support/42", Serves("telegram", account="support", chat="42")),
        ("slack:T0123", Serves("slack", workspace="T0123")),
        ("slack:T0123/C0456", Serves("slack", workspace="T0123", chat="C0456")),
        ("slack/C0456", Serves("slack", chat="C0456")),
        ("slack/main:T0123/C0456", Serves("slack", account="main", workspace="T0123", chat="C0456")),
        (
            "discord:80351110224678912/81384788765712384",
            Serves("discord", "", "80351110224678912", "81384788765712384"),
        ),
    ],
)
def test_an_entry_of_serves_says_which_chats(entry: str, serves: Serves) -> None:
    assert parse_serves(entry) == serves


@pytest.mark.parametrize(
    "entry",
    ["", "/", ":", "web/", "web:", "web//x", "telegram:1/2", "telegram/a/b/c", "slack:T/C/X", "slack/a/b:T", "web :1"],
)
def test_what_is_no_entry_of_serves(entry: str) -> None:
    assert parse_serves(entry) is None


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost"])
def test_hosts_that_only_this_machine_reaches(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.1", "localhost.example.com", "127.0.0.1.example.com", ""])
def test_hosts_that_others_reach(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize("listen", ["127.0.0.1:8080", "[::1]:0", "localhost:65535"])
def test_addresses_to_listen_on(listen: str) -> None:
    findings = Findings("regions.toml")
    assert check_listen(listen, (), findings)
    assert not findings.problems


@pytest.mark.parametrize("listen", ["::1:8080", "[localhost]:80", ":8080", "127.0.0.1:", "a b:80", "http://x:80"])
def test_what_is_no_address_to_listen_on(listen: str) -> None:
    findings = Findings("regions.toml")
    check_listen(listen, (), findings)
    assert len(findings.problems) == 1


@pytest.mark.parametrize(
    ("database", "right"),
    [
        ("sqlite:var/hub.db", True),
        ("sqlite:/var/lib/hub.db", True),
        ("postgresql://user@host/db", True),
        ("postgresql://user@host:5432/db?sslmode=verify-full", True),
        ("postgresql://user@one,two/db", True),
        ("postgresql://user@one:5432,[::1]:5433/db?target_session_attrs=read-write", True),
        ("postgresql://user@/db?host=/run/one,/run/two", True),
        ("sqlite:", False),
        ("postgresql://user@one:5432,two:port/db", False),
        ("postgresql://user@one,/db", False),
        ("postgresql://user:secret@one:5432,two:5432/db", False),
        ("postgres", False),
        ("postgresql:///db", False),
        ("postgresql://user:secret@host/db", False),
        ("postgresql://host:port/db", False),
    ],
)
def test_databases(database: str, right: bool) -> None:
    findings = Findings("regions.toml")
    check_database(database, ("hub", "database"), findings)
    assert bool(findings.problems) != right
    assert "secret" not in str(findings.problems)


def test_always_is_a_mark_of_the_entry_and_no_part_of_the_place() -> None:
    always = parse_serves("telegram:-1001234 always")
    assert always == Serves("telegram", chat="-1001234", always=True)
    assert always.place == parse_serves("telegram:-1001234")
    assert parse_serves("telegram always always") is None
