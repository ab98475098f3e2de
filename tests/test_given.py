"""A bench takes any file in its format, whatever the language, and says in one sentence what is wrong with another."""

from pathlib import Path

import pytest

from bench.given import FileUnusable, one_sentence
from bench.history import load, when
from bench.similar import labelled
from bench.train_tiering import read_prompts

pytestmark = pytest.mark.unit


def file(folder: Path, text: str) -> Path:
    made = folder / "given"
    made.write_text(text, encoding="utf-8")
    return made


def test_conversations_need_no_more_than_turns_and_questions(tmp_path: Path) -> None:
    (conversation,) = load(
        file(
            tmp_path,
            '\ufeff[{"turns": [{"id": "1", "text": "Моя скрипка сломалась."}, {"id": "2", "text": "Жаль!", "at": '
            '"2026-05-08T13:56+02:00", "speaker": "李雷"}], "questions": [{"question": "Что сломалось?", "evidence": '
            '["1"]}, {"question": "Кто?", "evidence": []}, {"question": "Где?", "evidence": ["9"]}]}, {"turns": [], '
            '"questions": []}]',
        )
    )
    assert [turn.said for turn in conversation.turns] == ["Моя скрипка сломалась.", "李雷: Жаль!"]
    assert [each.question for each in conversation.questions] == ["Что сломалось?"]


def test_times_are_read_as_people_write_them_and_as_the_standard_has_them() -> None:
    assert when("1:56 pm on 8 May, 2023") == when("2023-05-08T13:56") == when("2023-05-08T15:56+02:00")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not in the format"),
        ("[]", "no question whose evidence"),
        ('[{"turns": [{"id": 1}], "questions": []}]', r"`\$\[0\].turns\[0\].id`"),
        (
            (
                '[{"turns": [{"id": "1", "text": "", "at": "gestern"}], '
                '"questions": [{"question": "", "evidence": ["1"]}]}]'
            ),
            "turn 1: 'gestern' is no time",
        ),
    ],
)
def test_what_is_no_conversation_is_said(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(FileUnusable, match=said):
        load(file(tmp_path, text))


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00", "9999-12-31T23:59:59.999999"])
def test_a_time_beyond_the_calendar_is_said(tmp_path: Path, at: str) -> None:
    turns = f'[{{"id": "1", "text": "Hi.", "at": "{at}"}}]'
    with pytest.raises(FileUnusable, match=r"turn 1: .* is no time like .*, of the years 1 to 9999 in UTC\.$"):
        load(file(tmp_path, f'[{{"turns": {turns}, "questions": [{{"question": "Hi?", "evidence": ["1"]}}]}}]'))


def test_labels_may_be_numbers(tmp_path: Path) -> None:
    pairs = labelled(
        file(tmp_path, '{"a": "東京は？", "b": "大阪は？", "same": 0}\n\n{"a": "x", "b": "x", "same": true}')
    )
    assert pairs == [("東京は？", "大阪は？", False), ("x", "x", True)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\n", "no pairs"),
        ('{"a": "", "b": "", "same": 1}\n{"a": ""}', "line 2, .* `b`"),
        ("{no", "line 1, .*malformed"),
    ],
)
def test_what_is_no_pair_is_said(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(FileUnusable, match=said):
        labelled(file(tmp_path, text))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "has 0 prompts"),
        (b'{"prompt": "x", "weak": "maybe", "strong": true}', r"line 1, .*`\$.weak`"),
        (b'{"prompt": "\xe4", "weak": true, "strong": true}', "line 1, .*utf-8"),
    ],
)
def test_what_is_no_prompt_is_said(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "given").write_bytes(data)
    with pytest.raises(FileUnusable, match=said):
        read_prompts(tmp_path / "given")


def test_a_missing_file_ends_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="cannot be read: No such file"), one_sentence():
        labelled(tmp_path / "nothing")
