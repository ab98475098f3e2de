"""Months that a text names, in many languages, and words that only look like one."""

from datetime import UTC, datetime

import pytest

from hub.context.dates import Month, month_of, months_in

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("What did we decide in August?", Month(8)),
        ("what did we decide in august, 2022?", Month(8, 2022)),
        ("Where were they on 8 may 2023?", Month(5, 2023)),
        ("Where were they in May?", Month(5)),
        ("Was war im März?", Month(3)),
        ("¿Qué pasó en septiembre de 2021?", Month(9, 2021)),
        ("Qu'a-t-elle dit en février ?", Month(2)),
        ("Co było w październiku?", Month(10)),
        ("Что было в мае 2024 года?", Month(5, 2024)),
        ("2023年5月に何を話しましたか", Month(5, 2023)),
        ("11월에 뭐라고 했지?", Month(11)),
        ("Wer kam am 08.05.2023?", Month(5, 2023)),
        ("Who came on 2023-05-08?", Month(5, 2023)),
        ("What happened in Fe\u0301vrier?", Month(2)),
    ],
)
def test_a_named_month_is_found(text: str, month: Month) -> None:
    assert months_in(text) == {month}


@pytest.mark.parametrize("text", ["May I ask?", "It may rain.", "March on!", "", "13月", "2023-13-01", "3.141.2023"])
def test_other_words_are_no_months(text: str) -> None:
    assert months_in(text) == frozenset()


def test_a_month_holds_what_was_said_in_it() -> None:
    at = month_of(int(datetime(2023, 5, 31, 23, 59, tzinfo=UTC).timestamp() * 1000))
    assert Month(5).holds(at)
    assert Month(5, 2023).holds(at)
    assert not Month(6).holds(at)
    assert not Month(5, 2022).holds(at)
