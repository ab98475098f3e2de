"""What the hub says by itself."""

from zoneinfo import ZoneInfo

import pytest

from hub import phrases
from hub.agents.port import Kind

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_of_failure_has_its_sentence(kind: Kind) -> None:
    said = phrases.failed(kind)
    assert said.endswith(".")
    assert str(kind) not in said or kind is Kind.OVERLOADED  # no words of machines


@pytest.mark.parametrize(
    ("zone", "when"),
    [
        ("Europe/Berlin", "2026-12-01 at 00:00 (Europe/Berlin)"),
        ("UTC", "2026-11-30 at 23:00 (UTC)"),
        ("Asia/Kathmandu", "2026-12-01 at 04:45 (Asia/Kathmandu)"),
    ],
)
def test_a_spent_budget_names_the_day_in_the_hubs_zone(zone: str, when: str) -> None:
    assert phrases.spent(1_796_079_600_000, ZoneInfo(zone)).endswith(f"It opens again on {when}.")
