"""Instructions that are the same for whoever asks, though the question says "my"; and what only looks like one."""

import pytest

from hub.reuse import ask_the_same, asked_of, bears_on, one_answer_serves, stands_alone
from tests.reuse.test_wordings_apart import pairs, surely

pytestmark = pytest.mark.unit

ANYBODYS = """
    How do I improve my English?
    how can i improve my english
    How can I improve my writing skills?
    How do I improve my English writing skills?
    What are the best ways to improve my writing skills in English?
    How can I increase my vocabulary?
    How should I improve my pronunciation in English?
    How can I improve my memory?
    What should I do to lose my belly fat?
    How can I reset my password?
    Hi, how do I reset my password? Thanks!
    How can I reset my Gmail password?
    How do I speed up my laptop?
    How do I clean my laptop screen?
    What is the best way to clean my oven?
    Is there any way to speed up my computer?
    How can we improve our English?
    How do I connect my phone to my laptop?
    How do I make my handwriting better?
    How do I promote my blog on Facebook?
    How can I build traffic for my website?
    How can I get traffic for my website?
    How do I control my mind?
    How do I make my hair grow faster?
    How can I express myself better in English?
    How can I learn to draw on my own?
    How can I learn guitar by myself?
    How can I stop my phone from overheating?
    How can I get rid of dark circles under my eyes?
    How do I delete my Facebook account?
    How can I recover my Gmail account?
    How do I know who is using my wifi?
    How often should I wash my hair?
    How often should I change my password?
    How long should I charge my laptop?
    Which app can I use to lock photos on my phone?
    How can I see who viewed my Instagram profile?
    How do I delete my browsing history?
    How do I format my SD card?
    How can I control my anger?
    How do I control my anger?
    Which are the best ways by which I can improve my fluency in English?
    How many Hebrews left Egypt?
    Wie kann ich mein Passwort zurücksetzen?
    Wie verbessere ich mein Englisch?
    Wie kann ich meinen Wortschatz erweitern?
    Was kann ich tun, um mein Gedächtnis zu verbessern?
    Wie verbinde ich mein Handy mit dem Fernseher?
    Hallo, wie reinige ich meinen Backofen? Danke!
    ¿Cómo puedo mejorar mi inglés?
    ¿Cómo mejorar mi vocabulario?
    ¿Cómo puedo restablecer mi contraseña?
    ¿Qué puedo hacer para mejorar mi memoria?
    Comment puis-je améliorer mon anglais ?
    Comment améliorer ma mémoire ?
    Comment puis-je réinitialiser mon mot de passe ?
    Que dois-je faire pour accélérer mon ordinateur ?
    Como posso melhorar o meu inglês?
    Como melhorar minha memória?
    Como posso redefinir a minha senha?
    O que posso fazer para melhorar o meu vocabulário?
    How many planets are there in our solar system?
    How did our ancestors make fire?
    Why is sleep important in our daily life?
    Wie entstand unser Sonnensystem?
    ¿Qué edad tiene nuestro planeta?
    Quel âge a notre planète ?
    Qual é a idade do nosso planeta?
    Who was Albert Einstein?
    Was Queen Elizabeth a good queen?
    What did Charles Darwin discover?
    Wer war Johann Sebastian Bach?
    What can a citizen do to lose his or her nationality?
"""
SOMEBODYS = """
    What is my password?
    What is my English level?
    Where is my phone?
    Where is my website hosted?
    When does my password expire?
    Is my laptop fast?
    Is my English good?
    Why is my laptop not charging?
    Why is my phone slow?
    Why can I not reset my password?
    Did I reset my password?
    Can I reset my password?
    Can my laptop run games?
    How good is my English?
    How old is my laptop?
    How much is my phone worth?
    How long does my battery last?
    How do I look in my jeans?
    How do I rank in my class?
    How am I doing in my studies?
    How is my English?
    How did I lose my password?
    How do I know my password?
    How do I find my phone?
    How can I see my password?
    How do I get into my email?
    How do I hack my wifi?
    How do I break into my car?
    How do I check my order?
    How do I cancel my order?
    How do I train myself to stop drinking?
    How can I improve my memory problem?
    How do I get a list of all my Gmail accounts?
    How do I see all my photos?
    Is Donald Trump winning?
    How come Donald Trump is winning?
    How often do I wash my hair?
    How often did I change my password?
    How long do I have my phone?
    How long should I wait for my phone?
    How long must I pay for my phone?
    How long should I take my medicine?
    Which app do I use on my phone?
    Which app is on my phone?
    How do I pay for my phone?
    How do I return my shoes?
    How do I exchange my laptop?
    How can I pick up my bike?
    How do I cancel my internet?
    How do I claim my laptop?
    How do I insure my car?
    how do i give my laptop to okafor?
    How do I contact the buyer of my car?
    How can I keep my hands from shaking?
    How do I make my face stop bleeding?
    How do I cut my arms?
    Wie kann ich mein Handy zurückgeben?
    Wie kann ich mein Auto bei Müller reparieren?
    Wie kann ich mein Fahrrad Okafor zeigen?
    How can I protect my phone from them?
    What happened to our sun lounger?
    Did Prince Paul pay?
    What did Michael Jordan order?
    Where does Michael Jordan live?
    Is George Harrison in the office?
    When is Adam Smith's appointment?
    ¿Cómo puedo devolver mi móvil?
    Comment puis-je rendre mon téléphone ?
    Como posso devolver o meu telemóvel?
    How do I close my new account?
    How do I close my phone account?
    How do I block my credit card?
    How do I get my medical history?
    How do I delete my medical history?
    How do I know who stole my bike?
    How do I see who my wife follows?
    How do I get over my anger at Okafor?
    How can I control my anger at my father?
    How do I answer my question about Anna?
    How many seats left?
    How many seats left for the show?
    How do I pay my invoice?
    How can I pay my bill?
    How do I check my balance?
    How can I move my appointment?
    How do I close my account?
    How do I change my booking?
    How do I get my refund?
    How can I get my money back from a scammer?
    How do I track my parcel?
    How do I renew my contract?
    How can I spend my salary?
    How do I extend my visa?
    How do I get my deposit back?
    How do I change my address?
    How do I change my phone number?
    How do I improve my phone bill?
    How do I reset my password 1234?
    How do I reset my iPhone 6?
    How do I reset my password for account 9921?
    How do I reset my password today?
    How can I lose my belly fat in 3 weeks?
    How do I improve my English teacher?
    How do I tell my parents?
    How do I deal with my boss?
    How do I get my ex back?
    How do I help my son improve his English?
    How do I teach my daughter to read?
    How can I improve my husband's English?
    How do I give my phone to my brother?
    How do I hide my phone from my wife?
    How do I reset my password if my boss changed it?
    How do I improve my English before I move to Spain?
    How do I improve my memory? I am 70 years old.
    I am from Spain. How do I improve my English?
    How do I improve my memory after a stroke?
    How do I improve my memory after surgery?
    How do I cure my depression?
    How can I treat my rash?
    How can I get rid of my acne?
    How do I treat the pain under my eyes?
    How can I remove the lump under my eyes?
    How do I clean my wound?
    How can I lower my blood pressure?
    How can I control my diabetes?
    How do I end my life?
    How do I take my life?
    How do I kill myself?
    How do I hurt myself?
    How do I drown myself?
    How do I sell my house after a divorce?
    How do I improve my English for Okafor?
    How do I sell my house to Okafor?
    How do I give my laptop to Anna?
    How do I give my laptop to him?
    How do I reset her password?
    How do I reset his password?
    How do I reset the password of mine?
    How do I reset my password and where is my parcel?
    How do I reset my password? Where is my parcel?
    How do I clean my laptop that he broke?
    Which is my best skill?
    What are my skills?
    What is the best way to my house?
    What is my best way to improve my English?
    Tell me how good my English is.
    Do you know when he's coming back?
    Is it true that she's pregnant?
    Where do you think he'll live?
    What if we're fired?
    How old is our website?
    When does our contract end?
    Where is our planet exhibition?
    What does our world team do?
    How big is our moon project?
    Where does Elizabeth live?
    Who is Albert?
    Where is Charles?
    What does Steve Jobs owe Anna?
    Where did Donald park?
    What is Isaac Newton Miller's phone number?
    Wie ist mein Passwort?
    Wie heißt mein Router?
    Wie gut ist mein Englisch?
    Wo ist mein Handy?
    Wie finde ich mein Handy?
    Wie sehe ich mein Passwort?
    Wie kann ich meine Rechnung bezahlen?
    Wie kann ich meinen Vertrag kündigen?
    Wie kündige ich meinen Handy Vertrag?
    Wie kann ich mein Konto löschen?
    Wie kann ich meiner Frau Englisch beibringen?
    Wie kann ich meinen Ausschlag behandeln?
    Warum ist mein Laptop langsam?
    Wann läuft mein Passwort ab?
    Wie kann ich mein Passwort für Anna zurücksetzen?
    Wie kann ich mein Gedächtnis nach dem Schlaganfall verbessern?
    ¿Cuál es mi contraseña?
    ¿Dónde está mi móvil?
    ¿Cómo está mi inglés?
    ¿Cómo puedo encontrar mi móvil?
    ¿Cómo puedo pagar mi factura?
    ¿Cómo puedo cancelar mi pedido?
    ¿Cómo puedo ayudar a mi hijo?
    ¿Por qué mi ordenador va lento?
    ¿Cómo puedo mejorar mi memoria después de la operación?
    ¿Cómo se llama mi router?
    Quel est mon mot de passe ?
    Où est mon téléphone ?
    Comment retrouver mon téléphone ?
    Comment puis-je payer ma facture ?
    Comment puis-je annuler ma commande ?
    Comment puis-je aider mon fils ?
    Pourquoi mon ordinateur est-il lent ?
    Comment va mon anglais ?
    Comment s'appelle mon routeur ?
    Qual é a minha senha?
    Onde está o meu telemóvel?
    Como está o meu inglês?
    Como posso encontrar o meu telemóvel?
    Como posso pagar a minha fatura?
    Como posso cancelar a minha encomenda?
    Como posso ajudar o meu filho?
    Por que o meu computador está lento?
    Como se chama o meu router?
"""
APART = """
    How do I find my phone? | How do I find a phone?
    How can I get my website? | How can I get a website?
    How do I access my router? | How do I access a router?
    How many planets are there in our solar system? | How many planets are there in a solar system?
    How big is our galaxy? | How big is a galaxy?
    How old is our sun? | How old is a sun?
    How can I improve my English? | How can I improve my French?
    How can I improve my writing? | How can I improve my reading?
    How can I improve my memory? | How can I improve my computer memory?
    How do I clean my laptop? | How do I clean my phone?
    How do I reset my password? | How do I change my router?
    How do I improve my English? | How do I improve my English in a week?
    How do I lose weight? | How do I stop losing weight?
    How do I clean my oven? | Should I clean my oven?
    Was Queen Elizabeth rich? | Was King Charles rich?
    What did Charles Darwin write? | What did Charles Dickens write?
"""
TOGETHER = """
    How do I improve my English writing skills? | What are the best ways to improve my writing skills in English?
    How can I reset my password? | How do I reset my password?
    How can I increase my vocabulary? | How do I increase my vocabulary?
    What should I do to lose my belly fat? | How can I lose belly fat?
    How do I reset my password? | How can a person reset a password?
"""


def lines(text: str) -> list[str]:
    """One a line."""
    return [line.strip() for line in text.strip().splitlines()]


@pytest.mark.parametrize("text", lines(ANYBODYS))
def test_an_instruction_is_anybody_s(text: str) -> None:
    assert asked_of(text) is not None


@pytest.mark.parametrize("text", lines(SOMEBODYS))
def test_what_is_one_s_own_is_asked_anew(text: str) -> None:
    assert asked_of(text) is None


@pytest.mark.parametrize(("one", "other"), pairs(APART))
def test_one_s_own_does_not_serve_for_any(one: str, other: str) -> None:
    assert not one_answer_serves(one, other, surely)


@pytest.mark.parametrize(("one", "other"), pairs(TOGETHER))
def test_an_instruction_is_given_again(one: str, other: str) -> None:
    assert ask_the_same(one, other)
    assert one_answer_serves(one, other)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How can I reset my router password safely?", "en"),
        ("Wie kann ich mein vergessenes WLAN Passwort zurücksetzen?", "de"),
        ("¿Cómo puedo restablecer mi contraseña wifi doméstica?", "es"),
        ("Comment puis-je réinitialiser mon mot de passe wifi oublié ?", "fr"),
        ("Como posso redefinir minha senha wifi esquecida?", "pt"),
    ],
)
def test_in_the_middle_of_a_talk_my_thing_may_be_the_one_talked_of(text: str, language: str) -> None:
    assert not stands_alone(text, language)


def test_an_instruction_that_was_asked_for_still_tells_of_who_asked() -> None:
    assert bears_on("How do I improve my English?", "Which language should one learn?")
