"""What makes two questions the same, and what is never given again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.reuse import Scope, asked_of, key_of, may_be_kept, stands_alone
from hub.reuse.normal import normalized
from hub.reuse.private import is_private
from hub.reuse.timely import is_timely
from hub.reuse.tongue import language_in

pytestmark = pytest.mark.property

SCOPE = Scope("support", "You answer.", "m", "", private=True)


@given(st.text(max_size=200))
def test_normalizing_twice_changes_nothing(text: str) -> None:
    assert normalized(normalized(text)) == normalized(text)


PIECES = [
    "Hi",
    "hello there",
    "Thanks",
    "please",
    "¡Hola",
    "bitte",
    ", ",
    "! ",
    "? ",
    ". ",
    " ",
    "\n",
    '"',
    "what",
    "is it",
    "Oil",
]


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_courtesies_normalized_twice_change_nothing(text: str) -> None:
    assert normalized(normalized(text)) == normalized(text)


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    asked = asked_of(text)
    assert asked is None or (asked.exact == normalized(text) and isinstance(asked.form, str))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("How do I oil a chain?", "how do i oil a chain"),
        ("  How do I  oil\na chain ?!", "How do I oil a chain?"),
        ("What’s a spoke?", "what's a spoke"),
        ("¿Qué es un radio?", "qué es un radio"),
        ("„Was ist eine Speiche?“", "Was ist eine Speiche?"),
        ("Hi, how do I oil a chain? Thanks!", "How do I oil a chain?"),
        ("Hello there! Quick question: how do I oil a chain?", "How do I oil a chain?"),
        ("Good morning\n\nHow do I oil a chain?\nMany thanks in advance", "How do I oil a chain?"),
        ("please: how do I oil a chain? Please. Thank you", "how do I oil a chain"),
        ("Guten Morgen! Wie öle ich eine Kette? Vielen Dank im Voraus", "Wie öle ich eine Kette?"),
        ("Hola, ¿cómo se engrasa una cadena? Muchas gracias.", "¿Cómo se engrasa una cadena?"),
        ("Bonjour ! Comment huiler une chaîne ? S’il vous plaît.", "comment huiler une chaîne"),
        ("Bom dia, como lubrificar uma corrente? Obrigada!", "como lubrificar uma corrente"),
    ],
)
def test_spellings_of_one_question_are_the_same(one: str, other: str) -> None:
    assert normalized(one) == normalized(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What is 2²?", "What is 22?"),
        ("Wie trinkt man in Maßen?", "Wie trinkt man in Massen?"),
        ("What does `X` do?", "What does `x` do?"),
        ("What is -5 in Fahrenheit?", "What is 5 in Fahrenheit?"),
        ("Is a < b?", "Is a > b?"),
        ("What does IT cost?", "What does it cost?"),
        ("What is the Spanish word for thanks?", "What is the Spanish word for"),
        ("How do you say this in Spanish? Thank you", "How do you say this in Spanish?"),
        ("Hello, what does this word mean?", "What does this word mean?"),
        ("Hola: what language is that?", "What language is that?"),
        ("Hello world in Go, how is it done?", "World in Go, how is it done?"),
        ("Good Morning, Vietnam: who made this film?", "Vietnam: who made this film?"),
        ("Which card fits a present, please or thanks", "Which card fits a present, please or"),
    ],
)
def test_what_differs_stays_different(one: str, other: str) -> None:
    assert normalized(one) != normalized(other)


@given(st.sampled_from(["agent", "system", "model", "zone"]), st.text(max_size=20), st.text(max_size=20))
def test_a_key_depends_on_each_part_of_its_scope(part: str, one: str, other: str) -> None:
    def key(value: str) -> str:
        fields = {"agent": "a", "system": "s", "model": "m", "zone": "z"} | {part: value}
        return key_of(Scope(**fields, private=True), "form", "exact")

    assert (key(one) == key(other)) is (one == other)


def test_parts_cannot_run_into_each_other() -> None:
    one = Scope("ab", "c", "m", "", private=True)
    other = Scope("a", "bc", "m", "", private=True)
    assert key_of(one, "x", "exact") != key_of(other, "x", "exact")
    assert key_of(SCOPE, "x", "exact") != key_of(SCOPE, "x", "alike")
    group = Scope("support", "You answer.", "m", "", private=False)
    assert key_of(SCOPE, "x", "exact") != key_of(group, "x", "exact")


@pytest.mark.parametrize(
    "text",
    [
        "Where is my parcel?",
        "I have a flat tyre, what can I do?",
        "What did he order?",
        "Why was I charged twice?",
        "Can you send us the list?",
        "What is the state of order #48213?",
        "Is A1B2C3D the right code?",
        "Who wrote to someone@example.com?",
        "Whose number is +49 30 1234567?",
        "What does Mrs. Taylor want?",
        "How old is Anna?",
        "Wo ist mein Paket?",
        "Ich habe einen Platten, was soll ich tun?",
        "Warum wurde ich gesperrt?",
        "¿Dónde está mi paquete?",
        "Tengo una rueda rota, ¿qué puedo hacer?",
        "Où est ma commande ?",
        "Pourquoi m'a-t-on facturé deux fois ?",
        "Onde está a minha encomenda?",
        "Comprei uma roda, como posso devolver a roda?",
    ],
)
def test_what_is_about_somebody_is_private(text: str) -> None:
    assert is_private(text, language_in(text))
    assert asked_of(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "What is the weather like in Rome?",
        "What time is it?",
        "Are you open today?",
        "What happened two weeks ago?",
        "What is the latest model?",
        "Is the shop still open?",
        "What can one do this weekend?",
        "Habt ihr heute offen?",
        "Was kostet die Reparatur nächste Woche?",
        "Wie spät ist es?",
        "¿Están abiertos hoy?",
        "¿Qué pasó en la ciudad hace dos semanas?",
        "Est-ce que vous êtes ouverts aujourd'hui ?",
        "Quelle heure est-il ?",
        "As lojas do centro estão abertas agora?",
        "O que abre na próxima semana?",
    ],
)
def test_what_changes_with_the_day_is_timely(text: str) -> None:
    assert is_timely(text, language_in(text))
    assert asked_of(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "How do I change a flat tyre?",
        "Can I pay by card?",
        "Can you tell me how to clean a chain?",
        "Are you open on Sundays?",
        "What does the US import?",
        "What happened on 3 May 2021?",
        "What was built between 1980 and 1990?",
        "What can one buy for 50000 euros?",
        "Wie kann ich eine Kette ölen?",
        "Wo kaufe ich eine Klingel?",
        "¿Cómo puedo limpiar una cadena?",
        "¿Qué es un mes lunar?",
        "Comment est-ce que je peux réparer une roue ?",
        "Como posso limpar uma corrente?",
    ],
)
def test_what_anybody_can_ask_at_any_time_is_read(text: str) -> None:
    assert asked_of(text) is not None


@pytest.mark.parametrize("text", ["", "   ", "Как дела?", "如何更换轮胎？", "tyre", f"What is {'x' * 400}?"])
def test_what_nobody_here_could_judge_is_not(text: str) -> None:
    assert asked_of(text) is None


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("How do I change a flat tyre?", True),
        ("Why do dogs chase cats?", True),
        ("Wie kann ich eine Kette ölen?", False),  # two words of content are few
        ("Wie kann ich eine rostige Kette ölen?", True),
        ("How do I change it?", False),
        ("And how do I change a flat tyre?", False),
        ("How long does the battery of an e-bike last?", False),
        ("What other tyres fit a mountain bike?", False),
        ("Wie lange hält die Batterie vom Fahrrad?", False),
        ("¿Cómo puedo limpiarla?", False),
        ("yes please", False),
    ],
)
def test_what_needs_nothing_before_it_stands_alone(text: str, *, alone: bool) -> None:
    assert stands_alone(text, language_in(text) or "en") is alone


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Take the wheel off, then the tyre.", True),
        ("No, that cannot be done with an e-bike.", True),
        ("", False),
        ("I'm sorry, I can't help with that.", False),
        ("Sorry, something went wrong.", False),
        ("As an AI, I have no opinion.", False),
        ("Unfortunately, I don't know.", False),
        ("Es tut mir leid, das weiß ich nicht.", False),
        ("Lo siento, no puedo responder.", False),
        ("Je suis désolé, je ne sais pas.", False),
        ("Desculpe, não sei.", False),
        ("x" * 20_001, False),
    ],
)
def test_apologies_and_endless_answers_are_not_kept(text: str, *, kept: bool) -> None:
    assert may_be_kept(text) is kept
