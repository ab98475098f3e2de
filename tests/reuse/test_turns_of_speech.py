"""Turns of English that ask the same, and questions that look as if they were turned in one of these ways."""

import pytest

from hub.reuse import ask_the_same, one_answer_serves
from tests.reuse.test_wordings_apart import pairs, surely

pytestmark = pytest.mark.property

APART = """
    How much does it cost to paint? | What is the cost of paint?
    How much does it cost to ship a car? | What is the cost of a ship?
    How much does it cost to book a hall? | What is the price of a book hall?
    Is cooking oil bad? | Is it bad to cook oil?
    Is drinking water safe? | Is it safe to drink water?
    How do I cure insomnia? | How do I overcome insomnia?
    How do I stop anxiety medication? | How do I get rid of anxiety medication?
    How do I stop a breakup? | How do I get over a breakup?
    What is the expansion of the universe? | What does the universe stand for?
    What is the number of the bus in Rome? | How many buses are there in Rome?
    Who was the owner of Opel? | Who is the owner of Opel?
    Where is Mobile? | Where is the phone?
    What are nursing home jobs? | What are nursing jobs from home?
    What is the best Chinese language school in Rome? | What is the best Chinese school in Rome?
    What is Python? | What is a Java?
    What is the best dog for hunting? | What is the best dog to hunt?
    What is the best book for writing? | What is the best book to write?
    What is the best visa in India? | What is the best visa for India?
    What is the treatment of prisoners? | What is the treatment for prisoners?
    What are the visa requirements in Germany? | What are the visa requirements for Germany?
    What is the best player of Germany? | What is the best player in Germany?
    Which is the best company from Germany? | Which is the best company in Germany?
    How do I get better in bed? | How do I improve a bed?
    How do I improve at work? | How do I improve work?
    What are the best books on Amazon? | What are the best books about Amazon?
    What are the best articles on Medium? | What are the best articles about Medium?
    How do I get admitted to a hospital? | How do I get into a hospital?
    How do I qualify for the exam? | How do I pass the exam?
    Is Java better than Python? | Is Python better than Java?
    Which is better, Java or Python? | Which is better, Java or Ruby?
    Which is better, Java or Python? | Which is worse, Java or Python?
    Which is better for cats, milk or water? | Which is better for dogs, milk or water?
    Who would win, a lion or a tiger? | Who would win, a lion or a bear?
    How far is Rome from Oslo? | How far is Rome from Paris?
    How do I get from Rome to Oslo? | How do I get from Oslo to Rome?
    How tall is a giraffe? | How old is a giraffe?
    Who founded Opel? | Who owns Opel?
    Who is the author of Hamlet? | Who is the founder of Hamlet?
    How many people live in Oslo? | How many people work in Oslo?
    Why do dogs bark? | How do dogs bark?
    Why do dogs bark? | Why do dogs not bark?
    What causes cats to purr? | What causes dogs to purr?
    Why people hate cats? | Why cats hate people?
    Do you think dogs dream? | Do you think cats dream?
    Do you think of dogs? | Do dogs think?
    Can dogs eat grapes? | Can dogs be eaten?
    Is it possible for dogs to eat grapes? | Is it safe for dogs to eat grapes?
    How are dogs able to swim? | Are dogs able to swim?
    What is the city that never sleeps? | What is the best city?
    What is the economy of India? | What is the economy of China?
    What is West Indian culture? | What is the culture of India?
    What is Native American history? | What is the history of the USA?
    How do I control a dog? | How do I deal with a dog?
    How do I control diabetes? | How do I deal with diabetes?
    How do I stop bleeding? | How do I overcome bleeding?
    How do I get rid of a dog? | How do I overcome a dog?
    How do I clear a table? | How do I pass a table?
    What is the best mobile home? | What is the best phone home?
    How do I learn coding theory? | How do I learn programming theory?
    How do I learn a language? | How do I learn a programming language?
    How do I increase followers on Instagram? | How do I increase followers on Twitter?
    How do I buy followers on Instagram? | How do I get more followers on Instagram?
    How do I restore a painting? | How do I recover a painting?
    How do I restore a deleted file? | How do I restore a file?
    How do I gain weight? | How do I gain height?
    How do I reduce 10 kg? | How do I reduce 20 kg?
    How do I reduce 10 kg of waste? | How do I gain 10 kg of waste?
    How do I become strong? | How do I become stronger than a bear?
    How do I become smart? | How do I become rich?
    What is the best job in Google? | What is the best job in marketing?
    What was the first world war? | What was the second world war?
    Will there be a World War 3? | Was there a World War 2?
    What is a hot dog? | What is a hotdog stand?
    How do I build a green house? | How do I build a greenhouse?
    Is there life? | Is there life after life?
    How do I work out a percentage? | How do I exercise a percentage?
    What is the best phone of 2015? | What is the best phone of 2016?
    What is the best movie of 2016? | What is the best movie?
    What is the best movie you have seen? | What is the worst movie you have seen?
    What is the worst thing you did? | What is the worst thing you do?
    What is the best way I can get to London? | What is the best car I can get in London?
    What is the top speed? | What are the top speeds of cars?
    Should I learn Java or Python? | Should I learn Java and Python?
    Should I buy gold or silver? | Should I sell gold or silver?
    Is there a difference between wasps and bees? | Is there a fight between wasps and bees?
    What makes honey different from sugar? | What makes honey from sugar?
    What is the relationship between force and mass? | What is the relationship between force and speed?
    Is it worth learning Latin? | Is it worth teaching Latin?
    How does dying feel? | How does flying feel?
    What is life like in Oslo? | What is food like in Oslo?
    How do I have a tooth pulled? | How do I have a tooth fixed?
    How do I stop the habit of smoking? | How do I start the habit of smoking?
    What is the full form of a verb? | What does a verb stand for?
    How much does a house in Rome cost? | How much does a house in Oslo cost?
    How much time is needed to learn chess? | How much time is left to learn chess?
    How accurate can forecasts be? | How can forecasts be made?
    How fast can cars go? | How can cars go fast?
    How do I speak French fluently? | How do I speak German fluently?
    Is milk good for health? | Is milk bad for health?
    What is good for health insurance? | What is healthy insurance?
    What are the pros and cons of tea? | What are the pros of tea?
    Can you recommend a book? | Can I recommend a book?
    Which phone would you recommend? | Which phone would you buy?
    What is your favorite book? | What is your favorite movie?
    Why should I study law? | When should I study law?
    Why should I buy gold? | Why should I sell gold?
    What is the possibility of war? | Is it possible to war?
    How am I supposed to tune a guitar? | How am I supposed to string a guitar?
    What is the reason the sky is blue? | What is the reason the sea is blue?
    What is the reason for the sky being blue? | What is the effect of the sky being blue?
    What does the word entropy mean? | What is entropy?
    What is the best book in history? | What is the best history book?
    What is the best course in golf? | What is the best golf course?
    What is the World Health Organization (WHO)? | What is the World Health Organization (US)?
    What is the best phone under 15000? | What is the best phone over 15000?
    How do I turn the light off? | How do I turn the light on?
    How do I take the rubbish out? | How do I take the rubbish back?
    How do I drive to a website? | How do I drive traffic to a website?
    What are the reasons for people hating cats? | What are the reasons for people hating dogs?
    What will be your plan? | What was your plan?
    What jobs are available in Oslo? | What jobs are there in London?
    What is a B.Sc? | What is an M.Sc?
    How do I give the dog up? | How do I give the dog back?
    What is the difference between the iPhone 6 and 6s? | What is the difference between the iPhone 6 and 7s?
    How do I get healthy food? | How does one become healthy food?
    What are even numbers? | What are numbers?
    What is your resolution for 2017? | What is your resolution for 2018?
    How effective is aspirin for a headache? | How is aspirin effective for a headache?
    How do I get thin wire? | How do I get thin?
    Which tax do I pay? | Which tax should I pay?
    Which phone do you use? | Which phone should I use?
    Which book do I start with? | Which book do I end with?
    How do I study? | How do I study more effectively?
    How do I get off the bus? | How do I get the bus back?
    How do I bring the dog up? | How do I bring the dog down?
    What is a cut off? | What is a cut?
    How do I cut a branch off? | How do I cut a branch down?
    Is e coli dangerous? | Is coli dangerous?
    Is vitamin e good for skin? | Is vitamin c good for skin?
    What is a non profit company? | What is a profit company?
    How do I stop depression? | How do I deal with depression?
    How do I fight anxiety? | How do I cause anxiety?
    How do I stop addiction research? | How do I overcome addiction research?
    What is the Chinese government? | What is the Japanese government?
    What is the history of India? | What is the history of Indians?
    Who is the president of the US? | Who was the president of the US?
    What is the population of Rome? | How many people work in Rome?
    Where can I find a job in Oslo? | Where can I find a job for Oslo?
    How do I learn to code? | How do I learn to code faster than others?
    What is the best website to learn French? | What is the best website to learn German?
    How do I write an essay on tea? | How do I write an essay without tea?
    What are apps similar to Uber? | What are apps similar to Lyft?
    How do I live on my own? | How do I live with my own?
    Is it bad to eat eggs? | Is it good to eat eggs?
    Is it safe for dogs to eat eggs? | Is it safe for cats to eat eggs?
    Is eating eggs safe for dogs? | Is eating dogs safe for eggs?
    Do you think cats like dogs? | Do you think dogs like cats?
    Why do cats hate dogs? | What is the reason dogs hate cats?
    How is life in Oslo? | How long is life in Oslo?
    How old is the tower of Pisa? | How tall is the tower of Pisa?
    How big is an elephant? | How heavy is an elephant?
    Who invented the telephone? | Who is the owner of the telephone?
    Should I buy a cat or a dog? | Should I buy a cat or a bird?
    Who would win, Rome or Oslo? | Who did win, Rome or Oslo?
    What is the distance between Rome and Oslo? | What is the connection between Rome and Oslo?
    What was the best day of your life? | What was the worst day of your life?
    What is the best thing you ever saw? | What is the best thing you ever said?
    What is the scope of law? | What is the syllabus of law?
    What is the salary for a nurse? | What is the salary for a doctor?
    How do I clear my cache? | How do I pass my cache?
    How do I clear an exam room? | How do I pass an exam room?
    How do I wake up early? | How do I go to bed early?
    How do I fall asleep? | How do I stay asleep?
    How do I get into Yale? | How do I get out of Yale?
    How do I get admitted to Yale? | How do I get expelled from Yale?
    How do I delete messages I sent? | How do I recover messages I sent?
    How do I recover deleted photos? | How do I delete recovered photos?
    How do I improve my English? | How do I improve my French?
    How do I lose belly fat? | How do I lose face fat?
    How do I reduce body fat? | How do I reduce body weight?
    What happens when I cut fat? | What happens when I burn fat?
    What is 500 and 1000 notes? | What is 500 or 1000 notes?
    What are the benefits of tea? | What are the drawbacks of tea?
    What causes rust? | What does rust cause?
    What causes dogs to bark? | What causes dogs to stop barking?
    What affects prices? | What do prices affect?
    What is the drug that kills bacteria? | What is the drug that bacteria kill?
    How do I supply a website? | How do I get more traffic to a website?
    Can dogs see colors? | Are dogs seen in colors?
    How can I study faster? | Why can I study faster?
    Is Latin worth learning? | Is Latin worth knowing?
    What is it like to fly? | How do I fly?
    What is the reason behind the war? | What is the result of the war?
"""
TOGETHER = """
    How much does it cost to repair a roof? | What is the cost of repairing a roof?
    How much does a bus ticket cost? | What is the price of a bus ticket?
    Is smoking weed bad? | Is it bad to smoke weed?
    How do I overcome stage fright? | How can I get over stage fright?
    How do I get over a breakup? | What is the best way to recover from a breakup?
    Who is the founder of Opel? | Who founded Opel?
    Who is the author of Hamlet? | Who wrote Hamlet?
    Which is better, Java or Python? | Python vs Java: which one is better?
    Which is better for cats, milk or water? | Which is better for cats, water or milk?
    Who would win in a fight between a lion and a tiger? | Tiger vs lion, who would win?
    Should I learn Java or Python? | Which one should I learn: Python or Java?
    What is the relationship between force and mass? | What is the relationship between mass and force?
    How far is Rome from Oslo? | What is the distance between Oslo and Rome?
    How tall is the tower of Pisa? | What is the height of the tower of Pisa?
    How tall is a giraffe? | What is the height of a giraffe?
    How many people live in Oslo? | What is the population of Oslo?
    Why do dogs bark? | Why dogs bark?
    Why is the sky blue? | What is the reason the sky is blue?
    Why is the sky blue? | How come the sky is blue?
    Why do cats purr? | What causes cats to purr?
    How can students save money? | How students can save money?
    Do you think dogs dream? | Do dogs dream?
    Do you think that tea is healthy? | Is tea healthy?
    Are dogs able to swim? | Can dogs swim?
    Can dogs eat grapes? | Is it possible for dogs to eat grapes?
    How am I supposed to tune a guitar? | How do I tune a guitar?
    What should I do if I want to learn chess? | How do I learn chess?
    Can anyone recommend a good book on physics? | What is the best book about physics?
    Which phone would you recommend? | What is the best phone?
    What is the city that never sleeps? | Which city never sleeps?
    What is the economy of India? | What is the Indian economy?
    Who is the richest man of India? | Who is the richest man in India?
    Is there any difference between wasps and bees? | What is the difference between bees and wasps?
    What distinguishes wasps from bees? | How are wasps different from bees?
    What is life like in Oslo? | How is life in Oslo?
    What does dying feel like? | What is it like to die?
    How much time is needed to learn chess? | How long does it take to learn chess?
    Is learning Latin worth it? | Is it worth learning Latin?
    How do I get better at chess? | How can I improve at chess?
    How do I have a tooth pulled? | How do I get a tooth pulled?
    How do I stop the habit of smoking? | How can I stop smoking?
    Is it normal to have no friends? | Is it normal not to have any friends?
    What was the worst movie you ever saw? | What is the worst movie you have ever seen?
    What is the best phone of 2016? | What is the best phone in 2016?
    What is the best camera I can buy? | What is the best camera?
    How do I crack the GATE exam? | How can I clear GATE?
    Which are the best books to prepare for the GATE exam? | What are the best books for GATE preparation?
    What are the best apps for blocking calls? | What is the best app to block calls?
    How do I learn a new language? | What is the best way to learn a language?
    How do I learn Java programming? | How can I learn Java?
    How do I speak French fluently? | How can I become fluent in French?
    How do I increase Instagram followers? | How can I get more followers on Instagram?
    How do I get back deleted photos? | How can I recover photos that were deleted?
    How can I grow taller? | How do I increase my height?
    How do I burn belly fat? | How can I lose stomach fat?
    How can I get rich? | How do I become rich?
    How do I wake up early in the morning? | How can I get up early?
    How do I get admission to Yale? | How can I get into Yale?
    What are movies similar to Titanic? | What are movies like Titanic?
    Will there be World War III? | Will there be a third world war?
    How do I remove salt from saltwater? | How do I remove salt from salt water?
    Is milk good for your health? | Is milk healthy?
    What are the pros and cons of tea? | What are the advantages and disadvantages of tea?
    How do I start using Arduino? | How can I get started with Arduino?
    Have you ever been stalked by someone? | Have you ever been stalked?
    Why should anyone study law? | Why should I study law?
    What is the difference between dark tea and milk tea? | How is milk tea different from dark tea?
    How do I use a scanner effectively? | How do I use a scanner in an effective way?
    How do I turn the light off? | How do I turn off the light?
    What is search engine optimization? | What is SEO?
    What is the World Health Organization (WHO)? | What is the World Health Organization?
    What are the courses after B. Com? | What are the courses available after B.Com?
    What are the reasons for people hating cats? | Why do people hate cats?
    What are the best engineering fields? | What are the best fields in engineering?
    What is the difference between iPhone 6 and 6s? | What is the difference between the iPhone 6 and the iPhone 6s?
    How effective is aspirin for a headache? | Is aspirin effective for a headache?
    Is it too late to learn programming? | Is it ever too late for someone to learn how to program?
    Do ghosts even exist? | Do ghosts really exist?
    Which book do I start with? | Which book should I start with?
"""


@pytest.mark.parametrize(("one", "other"), pairs(APART))
def test_another_question(one: str, other: str) -> None:
    assert not ask_the_same(one, other, surely)
    assert not one_answer_serves(one, other, surely)


@pytest.mark.parametrize(("one", "other"), pairs(TOGETHER))
def test_the_same_question(one: str, other: str) -> None:
    assert ask_the_same(one, other)
