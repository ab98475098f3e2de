"""Markdown of every kind, for property tests, and what a person can see of it."""

import re
from collections import Counter

from hypothesis import strategies as st

PIECES = st.sampled_from(
    [
        "word ",
        "a",
        "é",
        "é",
        "\U0001f469\u200d\U0001f469\u200d\U0001f467",
        "🇩🇪",
        "한글",
        "\n",
        "\n\n",
        "    ",
        "  ",
        "\t",
        "\x00",
        "\ud83d",
        "\u200b",
        "*",
        "**",
        "***",
        "_",
        "__",
        "~~",
        "||",
        "|",
        "`",
        "``",
        "```\n",
        "```py\n",
        "~~~\n",
        "# ",
        "## ",
        "> ",
        ">",
        "- ",
        "* ",
        "1. ",
        "12) ",
        "- [ ] ",
        "- [x] ",
        "[",
        "](",
        "](https://e.example/a_b)",
        "![",
        ")",
        "\\",
        "&amp;",
        "&",
        "<",
        "<b>",
        "<!channel>",
        "<@U1>",
        "@everyone",
        "@here",
        "tg://user?id=1",
        "https://e.example/x_y_z",
        "---\n",
        "===\n",
        "| a | b |\n",
        "|---|--:|\n",
        "| 1 | 2 | 3 |\n",
        "\n  - ",
        "\n    - ",
        "\n   1. ",
        "\n> ",
        "\n> - ",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "many words in a line ",
    ]
)
MARKDOWN = st.one_of(
    st.lists(PIECES, max_size=60).map("".join),
    st.text(max_size=200),
    st.text(alphabet="ab \n*_`~|[]()>#-1.!<&\\", max_size=200),
)

# Drawn whole: letter by letter, most documents were larger than a drawing may be.
WORDS = st.sampled_from(["a", "be", "bad", "cafe", "dicey", "bedaub", "cabbage", "decidedj", "hideaback", *"cdefghij"])
SENTENCE = st.lists(WORDS, min_size=1, max_size=20).map(" ".join)


def _styled(words: str) -> st.SearchStrategy[str]:
    marks = ["{}", "**{}**", "*{}*", "`{}`", "~~{}~~", "||{}||", "[{}](https://e.example/a)", "**a *{}* b**"]
    return st.sampled_from(marks).map(lambda mark: mark.format(words))


STYLED = st.lists(SENTENCE.flatmap(_styled), min_size=1, max_size=5).map(" ".join)


def _under(sign: str, text: str) -> str:
    return sign + text.replace("\n", "\n" + " " * len(sign))


def _rows(columns: int) -> st.SearchStrategy[str]:
    row = st.lists(SENTENCE, min_size=columns, max_size=columns).map(lambda cells: f"| {' | '.join(cells)} |")
    rule = "|" + "---|" * columns
    return st.lists(row, min_size=2, max_size=12).map(lambda rows: "\n".join([rows[0], rule, *rows[1:]]))


def _fence(language: str) -> st.SearchStrategy[str]:
    code = st.lists(st.one_of(SENTENCE, st.just("")), min_size=1, max_size=20).map("\n".join)
    return code.map(lambda text: f"```{language}\n{text}\n```")


def _containers(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    items = st.lists(inner, min_size=1, max_size=5)
    return st.one_of(
        items.map(lambda each: "\n".join(_under("- ", text) for text in each)),
        items.map(lambda each: "\n".join(_under(f"{number}. ", text) for number, text in enumerate(each, 7))),
        items.map(lambda each: "\n".join("> " + line for line in "\n\n".join(each).split("\n"))),
        items.map("\n\n".join),
    )


LEAF = st.one_of(
    STYLED,
    SENTENCE.map(lambda words: f"## {words}"),
    st.sampled_from(["", "py"]).flatmap(_fence),
    st.integers(1, 3).flatmap(_rows),
)
WELL_FORMED = st.lists(st.recursive(LEAF, _containers, max_leaves=5), min_size=1, max_size=5).map("\n\n".join)
"""Documents as a model writes them."""

_HIDDEN = re.compile(r"\]\([^)]*\)|^(?:[ >]|[-*+] |\d+[.)] )*```.*$", re.MULTILINE)


def words_of(source: str) -> str:
    """Letters that a person must see of a well-formed document; a list is numbered anew."""
    return letters(_HIDDEN.sub("", source))


def letters(text: str) -> str:
    return "".join(filter(str.isalpha, text))


def is_shown(part: str, whole: str) -> bool:
    """Whether each of the one's characters is in the other, as often; a table may be shown in another order."""
    return Counter(part) <= Counter(whole)
