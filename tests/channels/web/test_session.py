"""Cookies and sign-in links: only what this hub signed counts."""

import stat
from pathlib import Path

import pytest

from channels.web.session import (
    LinkRefused,
    SecretUnusable,
    Session,
    Sessions,
    load_or_make_secret,
    make_admin_link,
    redeem,
)

pytestmark = pytest.mark.unit

SECRET = b"x" * 32
NOW = 1_700_000_000_000


def token_of(link: str) -> str:
    return link.partition("#admin=")[2]


def test_a_cookie_comes_back_as_it_was_signed() -> None:
    session = Session("browser-1", NOW)
    assert Sessions(SECRET, "main").read(Sessions(SECRET, "main").write(session)) == session


@pytest.mark.parametrize(
    "spoil", [lambda c: "", lambda c: c[:-1], lambda c: "A" + c, lambda c: c.swapcase(), lambda c: "\u00e9."]
)
def test_a_spoiled_cookie_is_nobody(spoil) -> None:  # type: ignore[no-untyped-def]
    sessions = Sessions(SECRET, "main")
    assert sessions.read(spoil(sessions.write(Session("browser-1")))) is None


def test_cookies_of_another_account_or_secret_are_nobody() -> None:
    cookie = Sessions(SECRET, "main").write(Session("browser-1"))
    assert Sessions(SECRET, "sales").read(cookie) is None
    assert Sessions(b"y" * 32, "main").read(cookie) is None


def test_a_sign_in_link_is_no_cookie() -> None:
    token = token_of(make_admin_link(SECRET, "http://h", now_ms=NOW, link_id="link-1"))
    assert Sessions(SECRET, "main").read(token) is None


def test_a_link_is_redeemed_within_ten_minutes_only() -> None:
    link = make_admin_link(SECRET, "http://h:1/", now_ms=NOW, link_id="link-1")
    assert link.startswith("http://h:1/#admin=")
    assert redeem(SECRET, token_of(link), now_ms=NOW + 599_999) == "link-1"
    with pytest.raises(LinkRefused, match="expired"):
        redeem(SECRET, token_of(link), now_ms=NOW + 600_000)


def test_a_link_of_another_hub_is_refused() -> None:
    token = token_of(make_admin_link(b"y" * 32, "http://h", now_ms=NOW, link_id="link-1"))
    with pytest.raises(LinkRefused, match="trunkline admin-link"):
        redeem(SECRET, token, now_ms=NOW)


def test_the_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "var" / "web.secret"
    made = load_or_make_secret(path)
    assert len(made) >= 32
    assert load_or_make_secret(path) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700  # the database will stand there, too
    assert [file.name for file in path.parent.iterdir()] == ["web.secret"]


def test_a_secret_that_is_too_short_or_unreadable_says_so(tmp_path: Path) -> None:
    (tmp_path / "short").write_text("abc")
    with pytest.raises(SecretUnusable, match="too short"):
        load_or_make_secret(tmp_path / "short")
    with pytest.raises(SecretUnusable, match="writable"):
        load_or_make_secret(tmp_path / "short" / "web.secret")
