"""What a prompt weighs and costs, and what in it could go."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from hub.cli import app
from hub.context.tokens import count
from hub.hygiene import passages, prompt_lines, prompts_text
from hub.store import Database
from tests.pipeline.hub import agent, settings
from tests.reports.ledger import call, write

pytestmark = pytest.mark.unit

DAY_MS = 86_400_000
NOW = 2_000 * DAY_MS
POLITE = "Always answer politely and in the language of the customer."
SHOP = f"You answer for a shop.\n\n{POLITE}\n\nNever promise a date that you do not know.\n"


def kinds(prompt: str, **others: str) -> list[tuple[str, int]]:
    return [(each.kind, each.tokens) for each in passages({"a": prompt, **others})["a"]]


def test_a_sentence_that_stands_twice_is_named_once() -> None:
    twice = f"{SHOP}\n- {POLITE.upper()}\n- {POLITE}\n"

    (found,) = passages({"a": twice})["a"]

    assert (found.kind, found.text) == ("repeated", POLITE)
    assert found.tokens == 2 * count(POLITE)


def test_a_sentence_of_another_prompt_is_named_in_both() -> None:
    found = passages({"a": SHOP, "b": f"You sell tents and boots. {POLITE}"})

    assert [(each.kind, each.text, each.others) for each in found["a"]] == [("shared", POLITE, ("b",))]
    assert [each.others for each in found["b"]] == [("a",)]


def test_blank_space_that_means_nothing() -> None:
    assert kinds(SHOP) == []
    ((kind, tokens),) = kinds(SHOP.replace("\n\n", "\n" * 9) + "One  two   \n")
    assert kind == "blank"
    assert tokens > 0


@pytest.mark.parametrize("example", ["```\n{}\n```", "Example: {}"])
def test_a_large_example(example: str) -> None:
    words = " ".join(f"word{number}" for number in range(100))

    assert [kind for kind, _ in kinds(f"{SHOP}\n{example.format(words)}\n")] == ["example"]
    assert kinds(f"{SHOP}\n{example.format('short')}\n") == []


def test_short_words_may_repeat() -> None:
    assert kinds("Be kind.\nBe kind.\nBe kind.") == []


@given(st.dictionaries(st.sampled_from("abc"), st.text(max_size=400), max_size=3))
def test_any_prompts(prompts: dict[str, str]) -> None:
    for found in passages(prompts).values():
        assert all(each.tokens > 0 for each in found)


async def test_its_share_of_the_cost(database: Database) -> None:
    served = settings(msgspec.structs.replace(agent(), prompt=SHOP))
    mine = {"agent": "support", "model": "coin", "input_tokens": 100, "output_tokens": 100, "cost_nusd": 200}
    await write(
        database,
        *(call(NOW - DAY_MS, **mine) for _ in range(10)),
        call(NOW - 40 * DAY_MS, **mine),
        call(NOW - DAY_MS, **mine | {"kind": "summary"}),
        call(NOW - DAY_MS, **mine | {"api": "faq", "cost_nusd": 0}),
    )

    (line,) = await prompt_lines(database, served, NOW, 28)

    assert line.tokens == count(SHOP)
    assert (line.use.calls, line.use.cost_nusd) == (10, 2_000)
    assert line.use.prompt_nusd == 10 * count(SHOP)
    text = prompts_text([line], 28)
    assert text.startswith(f"support: {count(SHOP)} tokens in every call\n")
    assert f": {10 * count(SHOP) / 20:.0f} % of the cost of its answers" in text
    assert "nothing in it is repeated or bloated" in text


async def test_a_late_bill_corrects_the_cost(database: Database) -> None:
    served = settings(msgspec.structs.replace(agent(), prompt=SHOP))
    mine = {"agent": "support", "model": "coin", "output_tokens": 100}
    await write(
        database,
        call(NOW - DAY_MS, **mine, input_tokens=900, cost_nusd=1_000, mark="presumed", outcome="lost"),
        call(NOW - 5, **mine, input_tokens=-800, cost_nusd=-800, mark="correction"),
        call(NOW - 5, **mine | {"model": "dear"}, input_tokens=-800, cost_nusd=-100, mark="correction"),
    )

    (line,) = await prompt_lines(database, served, NOW, 28)

    assert (line.use.calls, line.use.cost_nusd, line.use.prompt_nusd) == (1, 100, min(100, count(SHOP)))


async def test_what_was_never_asked_or_has_no_price_is_told_as_such(sqlite_database: Database) -> None:
    served = settings(agent())
    assert "nothing was asked" in prompts_text(await prompt_lines(sqlite_database, served, NOW, 28), 28)

    await write(sqlite_database, call(NOW - 1, agent="support", model="nobody-knows"))

    assert "is not known" in prompts_text(await prompt_lines(sqlite_database, served, NOW, 28), 28)


def test_the_command_reads_the_sample(tmp_path: Path) -> None:
    root = Path(__file__).parents[1]
    (tmp_path / "prompts").mkdir()
    for name in ("regions.toml", "prompts/support-faq.md", "prompts/support-faq.faq.md"):
        (tmp_path / name).write_bytes((root / name).read_bytes())

    result = CliRunner().invoke(app, ["prompts", "-c", str(tmp_path / "regions.toml")])

    assert result.exit_code == 0, result.output
    assert result.output.startswith("support-faq: ")
