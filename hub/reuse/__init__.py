"""When an answer may be given again: to the same question, or to one that surely asks the same."""

from hub.reuse.alone import stands_alone
from hub.reuse.answers import may_be_kept
from hub.reuse.asked import Asked, Likeness, ask_the_same, asked_of, one_answer_serves
from hub.reuse.keys import Scope, key_of
from hub.reuse.told import bears_on

__all__ = [
    "Asked",
    "Likeness",
    "Scope",
    "ask_the_same",
    "asked_of",
    "bears_on",
    "key_of",
    "may_be_kept",
    "one_answer_serves",
    "stands_alone",
]
