"""Which wordings surely ask the same: in five languages, and never two questions that differ."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.minimal_pairs import pairs_of, templates
from bench.similar import labelled, wilson
from hub.reuse import ask_the_same, one_answer_serves
from hub.reuse.canonical import canonical

pytestmark = pytest.mark.property

DATA = Path(__file__).parents[3] / "shared" / "data" / "paraphrase-dev.jsonl"
QUESTIONS = [
    ("en", "How do I convert 20 miles into kilometres by car from Rome to Oslo?"),
    ("en", "What is the price of 12 red chairs in Madrid?"),
    ("de", "Wie kann ich 20 Liter in Gramm umrechnen?"),
    ("es", "¿Cuánto cuesta un taxi de 7 plazas en Sevilla?"),
    ("fr", "Combien coûte une roue de 26 pouces à Lyon ?"),
    ("pt", "Quanto custa uma roda de 26 polegadas em Braga?"),
]
NEGATED = [
    ("en", "Why should I wash {}raw chicken?", "not "),
    ("en", "How do I bake bread {} an oven?", "with|without"),
    ("de", "Warum darf man {}Äpfel schälen?", "nicht "),
    ("es", "¿Por qué {}se puede lavar el coche?", "no "),
    ("fr", "Pourquoi est-il {}permis de fumer ?", "pas "),
    ("pt", "Por que {}se pode lavar o carro?", "não "),
]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("How do I change a flat tyre?", "What is the best way to change a flat tire?"),
        ("How can I get rid of ants?", "Please, how do you remove ants?"),
        ("What is the difference between tea and coffee?", "Difference between coffee and tea?"),
        ("What does a derailleur mean?", "What's the meaning of a derailleur?"),
        ("Which are the best parks in Rome?", "What are some good parks in Rome?"),
        ("How do I start learning chess?", "How can I learn chess?"),
        ("Can I book for 5 May?", "Is it possible to book for May 5?"),
        ("Which books should I read on chess?", "What are the best books on chess?"),
        ("What are the best films you have ever seen?", "Which are the best movies to watch?"),
        ("What is the best laptop under 50k?", "Which is the best laptop to buy below Rs. 50k?"),
        ("Why do so many people keep cats?", "Why do people keep cats?"),
        ("How can I improve my writing skills?", "How do I improve my writting?"),
        ("What causes rust?", "What are the causes of rust?"),
        ("Is the U.S. a republic?", "Is the USA a republic?"),
        ("Wie setze ich das Passwort zurück?", "Wie kann man ein Passwort zurücksetzen?"),
        ("Was kostet eine Inspektion?", "Wie teuer ist eine Inspektion?"),
        ("¿Cómo puedo cambiar una rueda?", "¿Qué debo hacer para cambiar la rueda?"),
        ("Puis-je payer par carte ?", "Est-il possible de payer par carte ?"),
        ("Como posso trocar a roda?", "O que devo fazer para trocar a roda?"),
    ],
)
def test_these_ask_the_same(one: str, other: str) -> None:
    assert ask_the_same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("How do I enable two factor login?", "How do I disable two factor login?"),
        ("Why do dogs bite cats?", "Why do cats bite dogs?"),
        ("Why are dogs hunted?", "Why do dogs hunt?"),
        ("Is A owned by B?", "Does A own B?"),
        ("What is the worst park in Rome?", "What is the best park in Rome?"),
        ("Who is the mayor of Rome?", "Who was the mayor of Rome?"),
        ("What does IT cost?", "What does it cost?"),
        ("What is a university?", "What is a universe?"),
        ("What are the best books on C?", "What are the best books on C++?"),
        ("What do 1.5 cups weigh?", "What do 15 cups weigh?"),
        ("How warm is -5 degrees?", "How warm is 5 degrees?"),
        ("Can I turn on the light?", "Can I turn off the light?"),
        ("What is difference between red wine and white vinegar?", "Difference between white wine and red vinegar?"),
        ("What does this mean?", "What do these mean?"),
        ("How can we help the US?", "How can you help us?"),
        ("How do I do it?", "How can I become one?"),
        ("How do I copy photos from iPhone to Android?", "How do I copy photos to iPhone from Android?"),
        ("How do I write on Facebook?", "How do I write about Facebook?"),
        ("Will it cost less than 5 euros?", "Will it cost around 5 euros?"),
        ("Is it bad to sleep too much?", "Is it bad to sleep?"),
        ("Are all cats grey?", "Are most cats grey?"),
        ("How do I learn R?", "How do I learn C?"),
        ("Do people love dogs?", "Do dogs love people?"),
        ("What kills people?", "What do people kill?"),
        ("Who loves you?", "Who do you love?"),
        ("Who took money?", "Who takes money?"),
        ("Who are the people that own banks?", "Who are the people that banks own?"),
        ("What causes heat?", "What does heat cause?"),
        ("What is the best phone to buy?", "What is the best phone to sell?"),
        ("Is Venus a black hole?", "Is Venus in a black hole?"),
        ("Wie heißt Mario auf Griechisch?", "Wie heißt Maria auf Griechisch?"),
        ("¿Qué significa el nombre Mario?", "¿Qué significa el nombre María?"),
        ("Wer schlägt Rot, Blau oder Grün?", "Wer schlägt Blau, Rot oder Grün?"),
        ("Was kostet ein Bus zum Bahnhof?", "Was kostet ein Bus vom Bahnhof?"),
        ("What is love?", "Was ist Liebe?"),
    ],
)
def test_these_do_not(one: str, other: str) -> None:
    assert not ask_the_same(one, other)
    assert not one_answer_serves(one, other)


@given(st.sampled_from(QUESTIONS), st.data())
def test_another_digit_is_another_question(question: tuple[str, str], data: st.DataObject) -> None:
    _, text = question
    digits = [at for at, sign in enumerate(text) if sign.isdigit()]
    at = data.draw(st.sampled_from(digits))
    other = data.draw(st.sampled_from([each for each in "0123456789" if each != text[at]]))
    assert not ask_the_same(text, text[:at] + other + text[at + 1 :])


@given(st.sampled_from(QUESTIONS), st.data())
def test_another_word_is_another_question(question: tuple[str, str], data: st.DataObject) -> None:
    """A word that no table knows is never dropped, nor taken for another."""
    language, text = question
    made = data.draw(st.text(alphabet="bdfgklmprtvz", min_size=6, max_size=10))
    words = text.split()
    at = data.draw(st.integers(0, len(words)))
    changed = " ".join([*words[:at], made, *words[at:]])
    assert canonical(changed, language) != canonical(text, language)


@pytest.mark.parametrize(("language", "text", "negation"), NEGATED)
def test_a_negation_is_another_question(language: str, text: str, negation: str) -> None:
    one, other = negation.split("|") if "|" in negation else ("", negation)
    assert canonical(text.format(one), language) != canonical(text.format(other), language)


@given(st.text(max_size=300), st.sampled_from(["en", "de", "es", "fr", "pt"]))
def test_any_text_has_a_form_or_none(text: str, language: str) -> None:
    form = canonical(text, language)
    assert form == canonical(f"  {text} ", language)


def test_no_minimal_pair_is_taken_for_the_same_and_most_twins_are() -> None:
    made = [pair for each in templates() for pair in pairs_of(each)]
    apart = [pair for pair in made if not pair.same]
    twins = [pair for pair in made if pair.same]
    wrong = [(pair.one, pair.other) for pair in apart if ask_the_same(pair.one, pair.other)]
    assert wrong == []
    assert len(apart) >= 3_000
    assert sum(ask_the_same(pair.one, pair.other) for pair in twins) >= len(twins) / 2


def test_the_interval_is_wilsons() -> None:
    low, high = wilson(5, 100)
    assert (round(low, 4), round(high, 4)) == (0.0215, 0.1118)
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.skipif(not DATA.exists(), reason="the labelled pairs are not here")
def test_on_labelled_pairs_few_hits_are_labelled_different() -> None:
    pairs = labelled(DATA)
    hits = [same for a, b, same in pairs if one_answer_serves(a, b)]
    assert len(hits) > 0.055 * len(pairs)
    assert hits.count(False) <= 0.06 * len(hits)


def test_a_file_of_labels_is_read(tmp_path: Path) -> None:
    file = tmp_path / "pairs.jsonl"
    file.write_text(json.dumps({"a": "x", "b": "y", "same": True}) + "\n\n", encoding="utf-8")
    assert labelled(file) == [("x", "y", True)]
