"""Amounts are exact and read well."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.money.amounts import AmountError, decimal_usd, format_usd, parse_usd

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("nusd", "shown"),
    [
        (0, "$0.00"),
        (12_340_000_000, "$12.34"),
        (1_234_567_890_000, "$1,234.57"),
        (999_999_999, "$1.00"),  # rounds up into the next size
        (500_000_000, "$0.50"),
        (99_600_000, "$0.10"),
        (1_000_000, "$0.001"),
        (1_200_000, "$0.0012"),
        (1, "$0.000000001"),
        (-1_200_000, "-$0.0012"),  # a correction
    ],
)
def test_shown_to_people(nusd: int, shown: str) -> None:
    assert format_usd(nusd) == shown


@pytest.mark.parametrize(
    ("text", "nusd"),
    [
        ("12.34", 12_340_000_000),
        ("$12.34", 12_340_000_000),
        (" 50 ", 50_000_000_000),
        ("1,200.5", 1_200_500_000_000),
        (".000000001", 1),
        ("0.10000000000", 100_000_000),  # zeros beyond a nano-dollar say nothing
    ],
)
def test_parsed(text: str, nusd: int) -> None:
    assert parse_usd(text) == nusd


@pytest.mark.parametrize("text", ["", "$", ".", "-1", "1e3", "1,20", "12.34.5", "€5", "0.0000000001", "nan", "٣"])
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(AmountError):
        parse_usd(text)


@given(st.integers(0, 2**63 - 1))
def test_exact_both_ways(nusd: int) -> None:
    assert parse_usd(decimal_usd(nusd)) == nusd


@given(st.integers(-(2**62), 2**62))
def test_shown_is_never_far_off(nusd: int) -> None:
    shown = format_usd(nusd)
    back = parse_usd(shown.lstrip("-")) * (-1 if shown.startswith("-") else 1)
    assert abs(back - nusd) <= max(5_000_000 if abs(nusd) >= 10**8 else 0, abs(nusd) // 20)
