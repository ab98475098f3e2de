"""Conditions, places and owners that stand elsewhere, manners, causes, needs; and one word more, or another one."""

import pytest

from hub.reuse import ask_the_same, one_answer_serves
from tests.reuse.test_wordings_apart import pairs, surely

pytestmark = pytest.mark.property

ONE_WORD = """
    Can dogs eat bones? | Can dogs eat cooked bones?
    Can I fly a drone? | Can I fly with a drone?
    How do I leave Spain? | How do I leave for Spain?
    How do I reset a Nova 5? | How do I reset a Nova 5 Pro?
    Can cats drink milk? | Can cats drink oat milk?
    Is honey safe for babies? | Is honey safe for newborn babies?
    How do I boil eggs? | How do I boil duck eggs?
    How long does fish keep? | How long does smoked fish keep?
    Can I eat mushrooms? | Can I eat raw mushrooms?
    What is the dose of aspirin? | What is the daily dose of aspirin?
    How do I paint a wall? | How do I paint a brick wall?
    How do I remove paint? | How do I remove spray paint?
    Where can I swim in Rome? | Where can I swim for free in Rome?
    How do I ship a bike? | How do I ship a bike abroad?
    Can I travel without a passport? | Can I travel with a passport?
    Do I need a visa for Brazil? | Do I need a work visa for Brazil?
    Do I need a visa to visit Brazil? | Do I need a visa to leave Brazil?
    How do I clean a wound? | How do I clean a deep wound?
    Can I mix bleach and vinegar? | Can I mix bleach and water?
    Is tap water safe? | Is warm tap water safe?
    How do I charge an electric car? | How do I charge an electric bike?
    How do I cancel a flight? | How do I cancel a booked flight?
    How do I delete a table? | How do I delete a temporary table?
    How do I sort a list? | How do I sort a linked list?
    How do I undo a commit? | How do I undo a pushed commit?
    How do I open a port? | How do I open a closed port?
    How do I stop a service? | How do I restart a service?
    How do I lock a door? | How do I unlock a door?
    How do I wire a light switch? | How do I wire a double light switch?
    What is the capital of Niger? | What is the capital of Nigeria?
    What is the capital of Austria? | What is the capital of Australia?
    Is Slovenia in the EU? | Is Slovakia in the EU?
    How is hyperthermia treated? | How is hypothermia treated?
    What does a nitrate do? | What does a nitrite do?
    How do I make a dessert? | How do I make a desert?
    What is a casual worker? | What is a causal worker?
    What is a trial? | What is a trail?
    How does insulin work? | How does inulin work?
    Which tram goes to the airport? | Which tram goes from the airport?
    Can I pay in euros? | Can I pay only in euros?
    How do I drive on ice? | How do I drive on thin ice?
    Are almonds toxic? | Are bitter almonds toxic?
    How long is a visa valid? | How long is a student visa valid?
    Can one drink sea water? | Can one drink boiled sea water?
"""
APART = """
    If it rains, what happens? | If it snows, what happens?
    If dogs eat grapes, what happens? | What happens if grapes eat dogs?
    If I quit, what happens? | What happens if I do not quit?
    If a train stops, why does it stop? | If a train stops, when does it stop?
    In Java, what is a class? | In Python, what is a class?
    In Rome, where can I ski? | In Oslo, where can I ski?
    For beginners, what is the best bike? | For experts, what is the best bike?
    What is Norway's capital? | What is Sweden's capital?
    Who is Norway's king? | Who was Norway's king?
    What is India's policy on China? | What is China's policy on India?
    What is Google's future? | What is the future of Amazon?
    What is the fastest way to learn French? | What is the safest way to learn French?
    What is the fastest way to learn French? | How can I learn French cheaply?
    What is the fastest way to talk? | How can I talk fast?
    What is the fastest way to drive in Rome? | How can I drive in Rome fast?
    What is the easiest way to learn French? | What is the best way to learn French?
    What is the cheapest way to Rome? | What is the fastest way to Rome?
    How can I quickly sell a car? | How can I safely sell a car?
    How can I legally sell a car? | How can I sell a car?
    Why do earthquakes happen? | When do earthquakes happen?
    Why do earthquakes happen? | What do earthquakes cause?
    Why do earthquakes happen? | Why do storms happen?
    How is malaria caused? | What does malaria cause?
    Why is salt needed? | Is salt needed?
    Why is salt needed? | Why is salt not needed?
    Is there a cure for malaria? | Is there a vaccine for malaria?
    Is malaria curable? | Is malaria treatable?
    Is malaria curable? | Is malaria contagious?
    Is a degree necessary to become a pilot? | Is a licence necessary to become a pilot?
    Is a doctor required to report a crime? | Do I need a doctor to report a crime?
    Is a visa required for Brazil? | Is a vaccine required for Brazil?
    Is a visa required for Brazil? | Is a visa possible for Brazil?
    Is it true that cats hate water? | Is it true that water hates cats?
    Is it true that cats can swim? | Is it true that cats cannot swim?
    Is it true that cats can swim? | Why can cats swim?
    How old do you have to be to drive? | How old do you have to be to vote?
    How old do you have to be to drive? | Do you have to be old to drive?
    What is the minimum age to drive? | What is the maximum age to drive?
    What effect does tea have on sleep? | What effect does sleep have on tea?
    What effect does tea have on sleep? | What effect does tea have on skin?
    How does tea influence sleep? | How does coffee influence sleep?
    What role do bees play in farming? | What role do wasps play in farming?
    What role do bees play in farming? | What role does farming play in bees?
    How many legs does a spider have? | How many legs does a fly have?
    How many legs does a spider have? | How many eyes does a spider have?
    How many bones are there in a hand? | How many muscles are there in a hand?
    Who was Hamlet written by? | Who was Hamlet painted by?
    Who was Hamlet written by? | Who was Macbeth written by?
    How hard is it to learn Latin? | How easy is it to learn Latin?
    How hard is it to learn Latin? | How hard is it to teach Latin?
    Which country is the safest? | Which city is the safest?
    Which country is the safest? | Which country is the most dangerous?
    Which country has the largest army? | Which country has the smallest army?
    What is the country with the largest army? | What is the country with the largest navy?
    When is the best time to visit Japan? | When is the worst time to visit Japan?
    When is the best time to visit Japan? | When is the best time to leave Japan?
    Where is the best place to ski? | When is the best time to ski?
    What are the keys to becoming a pilot? | What are the exams to becoming a pilot?
    What are the keys for opening safes? | How do I open safes?
    What are the things you should know about tea? | What are the things you should forget about tea?
    Which questions should one ask? | Which questions should one avoid?
    What happens if I mix acids? | What happened if I mixed acids?
    Should I buy gold or not? | Should I not buy gold?
    Should I buy gold or not? | Should I sell gold or not?
    What is the 4th planet? | What is the 5th planet?
    What is R & D? | What is D & D?
    What does it mean when a dog barks? | What does it mean when a dog bites?
    What is a personality test? | What is a personal test?
    Who are the best people to follow? | Who are the best people to be?
"""
TOGETHER = """
    If I delete Facebook, what happens? | What happens if I delete Facebook?
    If dogs eat grapes what happens? | What will happen if dogs eat grapes?
    In Java, what is a class? | What is a class in Java?
    For beginners, which bike is best? | What is the best bike for beginners?
    What is Norway's capital? | What is the capital of Norway?
    Who is Google's founder? | Who founded Google?
    What is Einstein's view on religion? | What is the view of Einstein on religion?
    What is the fastest way to learn French? | How can I learn French quickly?
    What is the easiest way to peel garlic? | How do I peel garlic easily?
    What are easy ways to peel garlic? | What is the easiest way to peel garlic?
    How can I quickly sell a car? | How can I sell a car quickly?
    How do I sell a car as fast as possible? | How do I sell a car fast?
    Why do earthquakes happen? | What is the cause of earthquakes?
    Why do earthquakes occur? | What causes earthquakes?
    How are earthquakes caused? | What causes earthquakes?
    Is there any cure for malaria? | Can malaria be cured?
    Is malaria curable? | Is there a cure for malaria?
    Is a degree necessary to become a pilot? | Do I need a degree to become a pilot?
    Is a visa required for Brazil? | Do I need a visa for Brazil?
    Is it true that cats hate water? | Do cats hate water?
    Is it true that cats can swim? | Can cats swim?
    How old do you have to be to drive in Norway? | What is the minimum age to drive in Norway?
    At what age can one drive in Norway? | What is the legal age to drive in Norway?
    What effect does tea have on sleep? | How does tea affect sleep?
    How does tea influence sleep? | What is the effect of tea on sleep?
    What role do bees play in farming? | What is the role of bees in farming?
    How many legs does a spider have? | How many legs do spiders have?
    How many bones are there in a hand? | How many bones does a hand have?
    Who was Hamlet written by? | Who wrote Hamlet?
    By whom was Hamlet written? | Who is the author of Hamlet?
    How hard is it to learn Latin? | Is it difficult to learn Latin?
    Which country is the safest in the world? | What is the safest country?
    What is the country with the largest army? | Which country has the largest army?
    When is the best time to visit Japan? | What is the best time to visit Japan?
    What are the keys to becoming a pilot? | How do I become a pilot?
    What are the things one should know about tea? | What are the things to know about tea?
    Should I buy gold or not? | Should I buy gold?
    What is the 4th planet? | What is the fourth planet?
    Which phone are you using? | Which phone do you use?
    Which goverment did recieve the most money? | Which government did receive the most money?
    How do I organise a neighbourhood? | How do I organize a neighborhood?
    What is the difference between percentage and pecentile? | What is the difference between percentage and percentile?
    What is the difference between tea & coffee? | What is the difference between tea and coffee?
"""


@pytest.mark.parametrize(("one", "other"), [*pairs(ONE_WORD), *pairs(APART)])
def test_another_question(one: str, other: str) -> None:
    assert not ask_the_same(one, other, surely)
    assert not one_answer_serves(one, other, surely)


@pytest.mark.parametrize(("one", "other"), pairs(TOGETHER))
def test_the_same_question(one: str, other: str) -> None:
    assert ask_the_same(one, other)
