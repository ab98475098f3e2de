"""Terms of texts in many scripts, and the language that a text is written in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.context.words import ENGLISH, LONGEST_WORD, MOST_WORDS, language_of, terms

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("language", "question", "told"),
    [
        ("english", "When was the painting sold?", "She sells paintings."),
        ("german", "Wann wurden die Lieferungen bezahlt?", "Ich bezahlte eine Lieferung."),
        ("french", "Où sont les vélos rouges ?", "Il y a un vélo rouge."),
        ("spanish", "¿Cuándo llegan las bicicletas?", "Llega una bicicleta."),
        ("russian", "Где мои красные велосипеды?", "Там стоит красный велосипед."),
        ("english", "我的自行车在哪里？", "昨天我买了自行车。"),
        ("english", "自転車はどこですか", "新しい自転車を買いました"),
        ("english", "자전거는 어디에 있어요?", "어제 자전거를 샀어요"),
        ("english", "จักรยานอยู่ที่ไหน", "ฉันซื้อจักรยานเมื่อวาน"),
        ("hindi", "मेरी साइकिल कहाँ है?", "वह साइकिल नई है"),
        ("arabic", "أين الدراجة الجديدة؟", "اشتريت دراجة جديدة"),
    ],
)
def test_a_question_and_its_answer_share_a_term(language: str, question: str, told: str) -> None:
    assert set(terms(question, language)) & set(terms(told, language))


def test_stop_words_say_nothing() -> None:
    assert terms("What is it that you were doing there?", ENGLISH) == []
    assert terms("Was war denn mit dem und der?", "german") == []


def test_accents_and_case_make_no_difference() -> None:
    assert terms("CAFÉ", "french") == terms("café", "french") == terms("cafe", "french")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("When did you say that it would come?", "english"),
        ("Wann hast du gesagt, dass es kommt?", "german"),
        ("Quand est-ce que tu as dit que ça arrive ?", "french"),
        ("Когда ты сказал, что это будет?", "russian"),
        ("Karate!", "dutch"),  # says nothing of itself, so the usual one holds
    ],
)
def test_the_language_is_told_by_its_stop_words(text: str, language: str) -> None:
    assert language_of([text], language if text == "Karate!" else ENGLISH) == language


def test_a_few_foreign_words_change_nothing() -> None:
    assert language_of(["I saw Die Hard and it was great"], ENGLISH) == ENGLISH


def test_a_book_is_known_by_its_beginning() -> None:
    assert len(terms("word " * 100_000, ENGLISH)) == MOST_WORDS
    assert all(len(term) <= LONGEST_WORD for term in terms("x" * 1_000_000, ENGLISH))


@pytest.mark.property
@given(st.text(), st.sampled_from(["english", "german", "arabic", "hindi"]))
def test_any_text_has_terms_that_it_finds_again(text: str, language: str) -> None:
    assert terms(text, language) == terms(text, language)
    assert all(terms(text, language))
    assert language_of([text], language)
