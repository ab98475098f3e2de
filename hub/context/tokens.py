"""How many tokens a text is, by the vocabularies that OpenAI's models use.

They come in the wheel of toktok and are unpacked once, so nothing is downloaded at run time. For the models of other
makers the count is an estimate; how far it is off is learned from their bills, and added where money is held.
"""

import re
from functools import cache, lru_cache

from hub.context.vocabulary import Vocabulary

PER_MESSAGE = 4
"""Tokens around each message of a chat: three marks and the word of its role (OpenAI Cookbook, "How to count tokens
with tiktoken")."""
PER_PROMPT = 3
"""Tokens that open the answer (same source)."""

_AGAIN, _LONG_AGAIN = 64, 4
"""Texts whose count is remembered: a prompt is composed of the same few again and again."""
_AGAIN_AT_MOST, _LONG_AT_MOST = 8_192, 131_072
"""Characters of such a text."""

# OpenAI's models before GPT-4o. `gpt-4o`, `gpt-4.1` and `gpt-4.5` have a letter or a dot after the 4.
_CL100K = re.compile(r"gpt-4(?![\w.])|gpt-3\.5|gpt-35|text-embedding-")


def count(text: str, model: str = "") -> int:
    """Tokens of the text alone; special-token strings like `<|endoftext|>` count as the plain text that they are.

    Takes 6 µs for a chat message in English, 40 for one in Chinese, 0.2 µs for each token of a text whose words were
    counted lately. Of more than 2,048 characters, what is beyond 20 ms of work is bounded instead of counted: they are
    too many then, never too few. Lone surrogates count as the U+FFFD that they are stored as. Raises VocabularyError
    where the vocabulary cannot be unpacked, the first time.
    """
    if len(text) <= _AGAIN_AT_MOST:
        return _remembered(text, vocabulary_of(model))
    return (_remembered_long if len(text) <= _LONG_AT_MOST else _counted)(text, vocabulary_of(model))


def _counted(text: str, vocabulary: str) -> int:
    try:
        return _vocabulary(vocabulary).count(text)
    except UnicodeEncodeError:
        readable = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        return _vocabulary(vocabulary).count(readable)


_remembered, _remembered_long = lru_cache(_AGAIN)(_counted), lru_cache(_LONG_AGAIN)(_counted)
_vocabulary = cache(Vocabulary)


def vocabulary_of(model: str) -> str:
    """The vocabulary of a model by its name, also a gateway's or a fine-tuned one; the newest for all others."""
    if not model:
        return "o200k_base"
    plain = model.lower().removeprefix("ft:").rpartition("/")[2]
    return "cl100k_base" if _CL100K.match(plain) else "o200k_base"


def load() -> None:
    """Read the common vocabulary now (3 ms; a second where it was never unpacked), so that no message waits for it."""
    count("")
