"""Pairs in which one word or sign changes what is asked: no rule takes them for the same, whatever their likeness."""

import pytest

from hub.reuse import ask_the_same, one_answer_serves

pytestmark = pytest.mark.property

APART = """
    How long does it take for eggs to boil? | How long does it take for potatoes to boil?
    How long does it take for water to freeze? | How long does it take for vodka to freeze?
    How much time does it take for rice to cook? | How much time does it take for pasta to cook?
    What is 10/2? | What is 10-2?
    What is 20 / 5? | What is 20 - 5?
    What is 5-3? | What is 5 3?
    What is 5/3? | What is 5 3?
    What is ten/2? | What is ten-2?
    What is 3(4)? | What is 34?
    What is (3)4? | What is 3 4?
    What is 10-x? | What is 10/x?
    Is 3-0 a win? | Is 3 0 a win?
    How tall is a 5' fence? | How tall is a 5" fence?
    Was ist 10/2? | Was ist 10-2?
    ¿Cuánto es 10/2? | ¿Cuánto es 10-2?
    Qu'est-ce que 10/2 ? | Qu'est-ce que 10-2 ?
    Quanto é 10/2? | Quanto é 10-2?
    Wie viel kosten 1,500 Liter Milch? | Wie viel kosten 1500 Liter Milch?
    ¿Cuánto cuestan 1,500 litros de leche? | ¿Cuánto cuestan 1500 litros de leche?
    ¿Cuánto cuestan 1.500 litros de leche? | ¿Cuánto cuestan 1500 litros de leche?
    Combien coûtent 1,500 litres de lait ? | Combien coûtent 1500 litres de lait ?
    Quanto custam 1,500 litros de leite? | Quanto custam 1500 litros de leite?
    How do I say hello in German? | How do I say please in German?
    How do I say "thank you" in Japanese? | How do I say in Japanese?
    How do I write a thank you note? | How do I write a note?
    What is Hey Jude about? | What is Jude about?
    Was heißt bitte auf Spanisch? | Was heißt danke auf Spanisch?
    ¿Qué significa hola en inglés? | ¿Qué significa gracias en inglés?
    What is the Internet of Things? | What is the Internet?
    What is specific heat? | What is heat?
    What is type safety? | What is safety?
    What causes type one diabetes? | What causes diabetes?
    What is Formula One? | What is a formula?
    What is Air Force One? | What is the Air Force?
    What is a blood type? | What is blood?
    What is sea level? | What is the sea?
    Should I eat more protein? | Should I eat protein?
    How many more days? | How many days?
    What is the sum of even numbers? | What is the sum of numbers?
    How do I sort a list in Python? | How do I list in Python?
    How many types of cancer are there? | How many cancers are there?
    Who should be president? | Who should become president?
    Who should be president? | Who is president?
    What is a just war? | What is a war?
    Can rabbits and dogs live together? | Can rabbits and dogs live?
    Can I increase the dose of insulin? | Can I improve the dose of insulin?
    How do I raise a child? | How do I improve a child?
    How do I raise money? | How do I increase money?
    How do I treat a customer? | How do I cure a customer?
    How do I deal with a narcissist? | How do I get over a narcissist?
    How do I deal with a customer? | How do I treat a customer?
    How do I remove a SIM card? | How do I erase a SIM card?
    How do I remove a user from a group? | How do I delete a user from a group?
    How do I pick a lock? | How do I choose a lock?
    What are fixed costs? | What are repaired prices?
    What is a fixed price? | What is a repaired price?
    What is a mobile home? | What is a phone home?
    What is a flat tax? | What is an apartment tax?
    How do I store milk? | How do I shop milk?
    What is a cost center? | What is a price center?
    Did I pay? | Did a salary?
    How do I avoid a person? | How do I prevent a person?
    How does a bill become law? | How does an invoice become law?
    How much tip should I give? | How much advice should I give?
    What is a whole number? | What is a total number?
    Is it possible to jailbreak an iPhone? | Is it allowed to jailbreak an iPhone?
    Is it possible to park on the pavement? | Am I allowed to park on the pavement?
    Ist es möglich, ohne Helm Roller zu fahren? | Ist es erlaubt, ohne Helm Roller zu fahren?
    Darf man ohne Helm fahren? | Kann man ohne Helm fahren?
    ¿Está permitido conducir sin carnet en España? | ¿Es posible conducir sin carnet en España?
    Est-il permis de rouler sans casque à Paris ? | Est-il possible de rouler sans casque à Paris ?
    É permitido conduzir sem capacete em Lisboa? | É possível conduzir sem capacete em Lisboa?
    Wie sollte man einen Hund erziehen? | Wie muss man einen Hund erziehen?
    Wann kann ich das Abo kündigen? | Wann muss ich das Abo kündigen?
    ¿Dónde puedo comprar un móvil? | ¿Dónde debo comprar un móvil?
    Où peut-on garer la voiture ? | Où faut-il garer la voiture ?
    Onde posso pagar a multa? | Onde devo pagar a multa?
    ¿Cómo puedo quitar una mancha? | ¿Cómo puedo borrar una mancha?
    Comment changer un billet ? | Comment modifier un billet ?
    An wen muss ich eine Beschwerde richten? | An wen muss ich eine Beschwerde reparieren?
    How do I get a PhD in history? | How do I get a PhD?
    What are the best books in history? | What are the best books?
    How many people are there on earth? | How many people are there?
    How do I return a parcel within 14 days? | How do I return a parcel under 14 days?
    What is the fee for orders up to 50 euros? | What is the fee for orders under 50 euros?
    How much is a gallon? | What is the price of a gallon?
    Is it bad to skip breakfast? | Is it good to skip breakfast?
    Is red wine bad for the heart? | Is red wine good for the heart?
    Is milk bad for cats? | Is milk good for cats?
    Is it necessary to wear a helmet? | Is it good to wear a helmet?
    What is the best programming language? | What is a programming language?
    What are the most poisonous snakes in Australia? | What are poisonous snakes in Australia?
    What are the rules of field hockey? | What are the rules of hockey?
    Can dogs eat chicken bones? | Can dogs eat cooked chicken bones?
    Is it safe to eat mushrooms? | Is it safe to eat wild mushrooms?
    How do I reset the router password? | How do I reset the router admin password?
    Can a single parent adopt a child? | Can a parent adopt a child?
    What is an own goal in football? | What is a goal in football?
    What is real estate tax? | What is estate tax?
    Can one person carry the sofa? | Can a person carry the sofa?
    What are the causes of great depression? | What are the causes of depression?
    Why are lions killed? | Why do lions kill?
    Can lions be killed? | Can lions kill?
    Are snakes eaten? | Do snakes eat?
    Which fish are eaten in Japan? | Which fish eat in Japan?
    How do I leave Spain? | How do I leave for Spain?
    How do I search a house? | How do I search for a house?
    How do I dress a woman? | How do I dress as a woman?
    Can I fly a drone? | Can I fly with a drone?
    Can I take ibuprofen for a headache? | Can I take ibuprofen with a headache?
    Is Earth a black hole? | Is Earth in a black hole?
    Is salt and water a solution? | Is salt water a solution?
    How do you love yourself? | How do you love?
    How do I talk to someone? | How do I talk?
    How do I wait for someone? | How do I wait?
    How do I think of a name? | How do I think about a name?
    What is the meaning of life? | What is life?
    What is a good credit score? | What is the best credit score?
    What is the top speed of a car? | What is the best speed of a car?
    What are the Great Lakes? | What are the best lakes?
    Which tax should I pay? | What is the best tax to pay?
    Where should I park in Rome? | Where can I park in Rome?
    Which vaccine must I take? | Which vaccine can I take?
    What is marketing? | What is a market?
    What is banking? | What is a bank?
    Where can I book training? | Where can I book a train?
    What are glasses? | What is glass?
    Who owned the bank of Rome? | Who owns the bank of Rome?
    What happened in Oslo? | What happens in Oslo?
    Wie kann ich die SIM-Karte entfernen? | Wie kann ich die SIM-Karte löschen?
    ¿Cuál es la clave del éxito? | ¿Cuál es la contraseña del éxito?
    Should I learn to drive? | Should I drive?
    Where can I find mushrooms? | Where can I buy mushrooms?
    Where can I download a map? | Where can I buy a map?
    Should I take insulin? | Must I take insulin?
    When was America discovered? | When was the USA discovered?
    Is Northern Ireland in Great Britain? | Is Northern Ireland in the UK?
    How do I turn off a phone? | How do I disable a phone?
    Why do most men snore? | Why do men snore?
    Do cats eat all the food? | Do cats eat the food?
    Can pain be treated naturally? | Can pain be treated?
    Why are bees dangerous? | Why are wasps dangerous?
    How do I log out of a bank? | How do I log into a bank?
    What is the best oil for frying? | What is the best oil?
    What do you say when someone dies? | What do you do when someone dies?
    How do I lower a window? | How do I reduce a window?
    How do I raise taxes? | How do I improve taxes?
    What is a 20 kg bag? | What is a 20000 g bag?
    What kind of wood is best? | What is wood?
    What is the easiest way to lose weight? | What is the healthiest way to lose weight?
    What is the difference between red wine and white vinegar? | What is the difference between red and white vinegar?
"""
TOGETHER = """
    How long does it take for a person to learn chess? | How long does it take to learn chess?
    Is a 10-inch wheel big? | Is a 10 inch wheel big?
    What is COVID-19? | What is COVID 19?
    How do I live on 5-10 euros? | How can I live on 5-10 euros?
    Is a gym open 24/7 useful? | Are gyms open 24/7 useful?
    What weighs 1,500 kilograms? | What weighs 1500 kilograms?
    Wie viel kosten 1.500 Liter Milch? | Wie viel kosten 1500 Liter Milch?
    Quanto custam 1.500 litros de leite? | Quanto custam 1500 litros de leite?
    Hello, how do I bake bread? | How do I bake bread?
    Hallo, wie kann ich Brot backen? | Wie kann man Brot backen?
    Can I book for 5 May? | Is it possible to book for May 5?
    Is it allowed to fish in Norway? | Am I allowed to fish in Norway?
    Darf man in Norwegen angeln? | Ist es erlaubt, in Norwegen zu angeln?
    ¿Dónde puedo comprar un móvil? | ¿Dónde se puede comprar un móvil?
    Où puis-je acheter un vélo ? | Où peut-on acheter un vélo ?
    Which is the tallest tower in the world? | What is the tallest tower on earth?
    Who is the greatest poet in history? | Who is the greatest poet of history?
    How much is a taxi? | What is the price of a taxi?
    How do I repair a lamp? | How can I mend a lamp?
    What is the difference between red wine and white wine? | What is the difference between red and white wine?
    How do cats differ from dogs? | What is the difference between dogs and cats?
    How do I distinguish copper from brass? | What is the difference between copper and brass?
    What happens if I take two pills? | What happens when I take 2 pills?
    How can I lower blood pressure? | How do I reduce blood pressure?
    How can I increase stamina? | How do I improve stamina?
    How do I quit smoking? | How can I stop smoking?
    How do I become a pilot? | How can one be a pilot?
    How can I become more patient? | What are some ways to be patient?
    How does the heart function? | How does the heart work?
    How do people earn money from YouTube? | How do people make money through YouTube?
    Which oil is best for frying? | What is the best oil for frying?
    Which is the best phone under 20k? | What is the best phone under 20000?
    What is the world's tallest tower? | What is the tallest tower in the world?
    Where in Norway can I ski? | Where can I ski in Norway?
    What would be the best age to retire? | What is the best age to retire?
    What is meant by entropy? | What is the meaning of entropy?
    How do I switch off a phone? | How can I turn off a phone?
    What are some good parks in Rome? | What are the best parks in Rome?
    What does the word entropy mean? | What is the meaning of entropy?
    Why rust is dangerous? | Why is rust dangerous?
    How many mills are there in Norway? | How many mills in Norway?
    How do I convert 3 cups into grams? | How can I convert 3 cups to grams?
    What are the best books for learning Java? | What is the best book to learn Java?
    What do painters think of photographs? | What do painters think about photographs?
    How safe is it to swim in a canal? | Is it safe to swim in a canal?
"""


def pairs(text: str) -> list[tuple[str, str]]:
    """One a line."""
    return [(one, other) for one, _, other in (line.strip().partition(" | ") for line in text.strip().splitlines())]


def surely(one: str, other: str) -> float:
    """As if all texts meant the same."""
    return 1.0


@pytest.mark.parametrize(("one", "other"), pairs(APART))
def test_another_question(one: str, other: str) -> None:
    assert not ask_the_same(one, other, surely)
    assert not one_answer_serves(one, other, surely)


@pytest.mark.parametrize(("one", "other"), pairs(TOGETHER))
def test_the_same_question(one: str, other: str) -> None:
    assert ask_the_same(one, other)
