"""When an answer may be given again: to the same question, or to one that surely asks the same."""

from hub.reuse.alone import stands_alone
from hub.reuse.answers import may_be_kept
from hub.reuse.asked import Asked, asked_of
from hub.reuse.keys import Scope, key_of

__all__ = ["Asked", "Scope", "asked_of", "key_of", "may_be_kept", "stands_alone"]
