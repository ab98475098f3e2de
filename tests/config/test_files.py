"""Files that cannot be read, or say nothing."""

from pathlib import Path

import pytest

from hub.agents.faq import Faq
from hub.config.load import load
from hub.config.problems import ConfigError
from tests.config.house import BASE, ENVIRONMENT, PROMPTS, complaints, price_known, write

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b'[hub]\nname = "\xff"\n', "regions.toml: the file is not UTF-8 (line 2); save it as UTF-8"),
        (b"", "regions.toml: regions: there is no region; add [regions.home] with location"),
        (b"#" * 1_000_001, "regions.toml: the file has more than 1,000,000 bytes; is it the right file?"),
        (b"a = " + b"[" * 100_000, "regions.toml: not valid TOML: nested too deeply; is it the right file?"),
        (b"a = 1e9999999999999999999", "regions.toml: a number has too many digits; write numbers as people do"),
        (b"a = " + b"9" * 5_000, "regions.toml: a number has too many digits; write numbers as people do"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, content: bytes, line: str) -> None:
    assert complaints(write(tmp_path, content))[0].startswith(line)


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    line = "elsewhere.toml: the file does not exist; create it, or correct its name"
    assert complaints(tmp_path / "elsewhere.toml") == [line]
    assert complaints(tmp_path)[0].endswith("cannot be read: Is a directory; correct its name or its permissions")


def test_a_byte_order_mark_and_windows_lines_do_no_harm(tmp_path: Path) -> None:
    text = b"\xef\xbb\xbf" + BASE.replace("\n", "\r\n").encode()
    assert complaints(write(tmp_path, text)) == []


def test_a_prompt_that_links_elsewhere_is_outside(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("the secret", encoding="utf-8")
    path = write(tmp_path, BASE, {})
    (tmp_path / "prompts" / "support-faq.md").symlink_to(tmp_path / "secret.md")
    line = '"support-faq.md" is outside prompts/; move it into prompts/ and give its name alone'
    assert complaints(path) == [f"regions.toml: agents.support-faq.prompt: {line}"]


@pytest.mark.parametrize(
    ("prompts", "line"),
    [
        (
            {"support-faq.md": "  \n"},
            "regions.toml: agents.support-faq.prompt: prompts/support-faq.md is empty; write what the agent is for",
        ),
        (
            PROMPTS | {"support-faq.faq.md": "Nothing."},
            'prompts/support-faq.faq.md: there is no question; write each as a heading: "## question"',
        ),
        (
            PROMPTS | {"support-faq.faq.md": "## When?\n"},
            "prompts/support-faq.faq.md: Line 1 of the FAQ: “When?” has no answer; write it below",
        ),
    ],
)
def test_a_prompt_or_faq_without_content_is_a_problem(tmp_path: Path, prompts: dict[str, str], line: str) -> None:
    path = write(tmp_path, BASE, prompts)
    with pytest.raises(ConfigError) as refused:
        load(path, ENVIRONMENT, price_known=price_known, place_of=lambda _: (0, 0), check_faq=Faq.parse)
    assert str(refused.value) == line
