"""Each construct of Markdown on each platform, the cuts between parts, and texts that are still growing."""

import pytest

from channels.rendering import discord, slack, telegram
from channels.rendering.telegram import Entity
from tests.channels.rendering.marking import marked

pytestmark = pytest.mark.unit

UNSEEN = "\u200b"
JOINER = "\u2060"


@pytest.mark.parametrize(
    ("source", "on_telegram", "on_discord", "on_slack"),
    [
        ("plain", "plain", "plain", "plain"),
        ("# One", "<bold><underline>One</underline></bold>", "# One", "*One*"),
        ("#### Four", "<bold><italic>Four</italic></bold>", "**Four**", "*Four*"),
        ("**b** *i* ~~s~~", "<bold>b</bold> <italic>i</italic> <strikethrough>s</strikethrough>", None, "*b* _i_ ~s~"),
        ("||hidden||", "<spoiler>hidden</spoiler>", "||hidden||", "||hidden||"),
        ("a || b || c", "a || b || c", r"a \|\| b \|\| c", "a || b || c"),
        ("**b `c` d**", "<bold>b </bold><code>c</code><bold> d</bold>", "**b `c` d**", "*b `c` d*"),
        ("`a*b`", "<code>a*b</code>", "`a*b`", "`a*b`"),
        ("w**or**d", "w<bold>or</bold>d", "w**or**d", f"w{UNSEEN}*or*{UNSEEN}d"),
        (r"\*not\*", "*not*", r"\*not\*", f"{JOINER}*not*"),
        ("<b>x</b> & y", "<b>x</b> & y", r"\<b>x\</b> & y", "&lt;b&gt;x&lt;/b&gt; &amp; y"),
        ("a &lt; b", "a < b", r"a \< b", "a &lt; b"),
        ("```py\nx = 1\n```", "<pre:py>x = 1</pre>", "```py\nx = 1\n```", "_py_\n```\nx = 1\n```"),
        ("> q\nmore", "<blockquote>q\nmore</blockquote>", "> q\n> more", ">q\n>more"),
        ("- a\n  - b\n    1. c", "• a\n   ◦ b\n      1. c", "- a\n  - b\n    1. c", "• a\n    ◦ b\n        1. c"),
        ("3. a\n3. b", "3. a\n4. b", "3. a\n4. b", "3. a\n4. b"),
        ("- [ ] a\n- [x] b", "☐ a\n☑ b", "- ☐ a\n- ☑ b", "☐ a\n☑ b"),
        ("[a](https://e.example)", "<text_link:https://e.example>a</text_link>", None, "<https://e.example|a>"),
        ("![a](https://e.example)", "<text_link:https://e.example>a</text_link>", "[a](https://e.example)", None),
        ("[a](javascript:b)", "[a](javascript:b)", r"\[a\](javascript:b)", "[a](javascript:b)"),
        ("[a](tg://user?id=1)", "[a](tg://user?id=1)", r"\[a\](tg://user?id=1)", "[a](tg://user?id=1)"),
        (
            "[a](mailto:b@e.example)",
            "<text_link:mailto:b@e.example>a</text_link>",
            "a (b@e.example)",
            "<mailto:b@e.example|a>",
        ),
        ("see https://e.example/a_b_c *now*", None, "see https://e.example/a_b_c *now*", None),
        ("---", "———", "———", "———"),
        ("hi *@everyone*", None, f"hi *@{UNSEEN}everyone*", f"hi _@{JOINER}everyone_"),
        ("<@1> <!channel>", "<@1> <!channel>", r"\<@1> \<!channel>", "&lt;@1&gt; &lt;!channel&gt;"),
        ("`<@1> @here`", None, f"`<{UNSEEN}@1> @{UNSEEN}here`", f"`&lt;@1&gt; @{JOINER}here`"),
        # Two runs, of which the heading's own style makes one: no mark stands between them.
        (
            "# a @**here**, @ev**eryone**",
            None,
            f"# a @{UNSEEN}here, @{UNSEEN}everyone",
            f"*a @{JOINER}here, @{JOINER}everyone*",
        ),
    ],
)
def test_a_construct(source: str, on_telegram: str | None, on_discord: str | None, on_slack: str | None) -> None:
    assert marked(source) == on_telegram or on_telegram is None
    assert discord.render(source) == (source if on_discord is None else on_discord)
    assert slack.render(source) == on_slack or on_slack is None


def test_a_narrow_table_has_columns() -> None:
    assert marked("| Name | Price |\n|---|--:|\n| Tea | 2 |\n| Ünïcödé 中 | 10 |") == (
        "<pre>Name        Price\n──────────  ─────\nTea             2\nÜnïcödé 中     10</pre>"
    )


def test_a_wide_table_has_records() -> None:
    source = "| Name | What it does |\n|---|---|\n| one | {} |\n| two | |\n".format("many words " * 5)
    assert marked(source) == (
        "<bold>Name: one</bold>\nWhat it does: many words many words many words many words many words\n\n"
        "<bold>Name: two</bold>"
    )


def test_cells_beyond_the_header_are_not_left_out() -> None:
    assert telegram.render("| a |\n|---|\n| b | lost? |").text == "| a |\n|---|\n| b | lost? |"


def test_what_is_nested_beyond_measure_is_shown_as_written() -> None:
    for source in ("> " * 70 + "deep words", "- " * 70 + "deep words"):
        assert "deep words" in telegram.render(source).text
        assert "deep words" in discord.render(source)
        assert "deep words" in slack.render(source)


def test_units_are_counted_in_utf_16() -> None:
    assert telegram.render("😀 **b**").entities == (Entity("bold", 3, 1),)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("some **bold te", "some <bold>bold te</bold>"),
        ("some `co", "some <code>co</code>"),
        ("a [link](https://e.exa", "a link"),
        ("a **", "a"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("**done** and *mo", "<bold>done</bold> and <italic>mo</italic>"),
        ("x\n```py\nfor **", "x\n\n<pre:py>for **</pre>"),
    ],
)
def test_a_growing_text_shows_no_half_of_a_markup(source: str, shown: str) -> None:
    growing = telegram.render(source, growing=True)
    assert growing.text == telegram.render(_unmarked(shown)).text
    kinds = [entity.type for entity in growing.entities]
    assert all(f"<{kind}" in shown for kind in kinds)
    assert len(kinds) == shown.count("</")


def _unmarked(shown: str) -> str:
    for kind in ("bold", "italic", "code", "pre"):
        shown = shown.replace(f"</{kind}>", "").replace(f"<{kind}>", "").replace(f"<{kind}:py>", "")
    return shown.replace("*", "\\*")


class TestParts:
    def test_code_is_closed_and_opened_again_with_its_language(self) -> None:
        parts = discord.split("Look:\n```python\n" + "print(1)\n" * 500 + "```\nDone.")
        assert len(parts) == 3
        assert all(part.count("```") == 2 for part in parts)
        assert all(part.startswith("```python\n") for part in parts[1:])
        assert parts[-1].endswith("Done.")

    def test_a_table_s_header_is_repeated(self) -> None:
        parts = slack.split("| a | b |\n|---|---|\n" + "| one | two |\n" * 600)
        assert len(parts) > 1
        assert all(part.startswith("| a | b |\n|---|---|\n| one") for part in parts)
        assert sum(part.count("| one") for part in parts) == 600

    def test_a_list_goes_on_with_its_number_and_depth(self) -> None:
        item = "1. first words\n" + "   - nested words\n" * 300
        first, second, *_ = telegram.split(item)
        assert first.startswith("1. first words\n   - nested")
        assert second.startswith("1. …\n   - nested words")
        parts = telegram.split("".join(f"1. item number {number}\n" for number in range(1, 500)))
        for part in parts:
            number, _, rest = part.partition(". item number ")
            assert rest.startswith(f"{number}\n")

    def test_a_style_is_closed_and_opened_again(self) -> None:
        parts = discord.split("**" + "bold words " * 300 + "end**")
        assert len(parts) == 2
        assert all(part.startswith("**") and part.endswith("**") for part in parts)

    def test_a_paragraph_comes_before_a_line_before_a_word(self) -> None:
        first, second = discord.split("a" * 1200 + "\n\n" + "b" * 300 + "\n" + "c c " * 300)
        assert (first, second[:3]) == ("a" * 1200, "bbb")

    def test_addresses_of_links_take_no_room(self) -> None:
        text = "[some words](https://e.example/" + "a" * 60 + ")\n"
        assert [len(telegram.split(text * times)) for times in (90, 180)] == [1, 2]

    def test_a_list_of_many_styles_keeps_the_number_of_entities(self) -> None:
        parts = telegram.split("- **a** b\n" * 350)
        assert [len(telegram.render(part).entities) for part in parts] == [100, 100, 100, 50]

    def test_there_is_nothing_in_blanks(self) -> None:
        assert telegram.split(" \n\t") == discord.split("") == slack.split("\u200b") == []


HOSTILE = ["![", "[", "*", ">", "|", "`", "<&", "\\", "||", "[a](", "![a](b", "**a*", "`a``", "~"]


class TestTime:
    """The work, counted in characters given to the parser, is at most so many times the length."""

    @pytest.mark.parametrize("sign", [*HOSTILE, "> ", "- ", "|-|\n", "a\n", "*a ", "#\n", "\u0301", "😀", "```\n", " "])
    def test_it_grows_with_length_only(self, sign: str, monkeypatch: pytest.MonkeyPatch) -> None:
        from channels.rendering import splitting

        parsed = 0
        genuine = splitting.block_tokens

        def counted(source: str):  # type: ignore[no-untyped-def]
            nonlocal parsed
            parsed += len(source)
            assert len(source) <= 6 * telegram.LIMIT + 1000
            return genuine(source)

        monkeypatch.setattr(splitting, "block_tokens", counted)
        # Lines differ, or windows would be remembered.
        text = "".join(f"{sign * 40}{number}" for number in range(100_000 // (40 * len(sign)) + 1))
        parts = telegram.split(text)
        assert parsed <= 6 * len(text)
        assert all(telegram.units(telegram.render(part).text) <= telegram.LIMIT for part in parts)

    def test_what_was_parsed_of_a_growing_text_is_remembered(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from channels.rendering import splitting

        text = "\n\n".join(f"Paragraph {number} has **some** words with `code`." for number in range(700))
        telegram.split(text)
        parsed = 0
        genuine = splitting.block_tokens

        def counted(source: str):  # type: ignore[no-untyped-def]
            nonlocal parsed
            parsed += len(source)
            return genuine(source)

        monkeypatch.setattr(splitting, "block_tokens", counted)
        telegram.split(text + " And more.")
        assert parsed < 3 * telegram.LIMIT
