"""A vocabulary from the wheel of toktok, in the form that `hub.context.vocabulary` reads; run in a process of its own.

toktok needs 63 MB for a vocabulary once it is unpacked, and keeps them. A process that ends gives them back.
"""

import base64
import hashlib
import sys
from array import array
from collections.abc import Iterator

PUBLISHED = {
    "o200k_base": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    "cl100k_base": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
}
"""SHA-256 of the vocabulary files that OpenAI publishes; tiktoken refuses any other."""


def unpacked(name: str) -> bytes:
    """The vocabulary, for `Vocabulary` to read. Raises ValueError where the wheel's is not the published one.

    Two uint32: how many tokens and how many seams. Of each token, by its number in the trie, the rank (uint32). The
    seams, two bytes each. The trie.
    """
    import marisa_trie
    import toktok

    vocabulary = toktok._encoding(name)
    tokens = [vocabulary.decode_single_token_bytes(rank) for rank in range(len(vocabulary.token_byte_values()))]
    published = hashlib.sha256()
    for rank, token in enumerate(tokens):
        published.update(b"%s %d\n" % (base64.b64encode(token), rank))
    if published.hexdigest() != PUBLISHED[name]:
        raise ValueError(f"{name} in the installed toktok-rs is not the published vocabulary")
    trie = marisa_trie.BinaryTrie(tokens)
    ranks = array("I", bytes(4 * len(tokens)))
    for rank, token in enumerate(tokens):
        ranks[trie[token]] = rank
    seams = sorted({seam for token in tokens for seam in _seams(token)})
    packed: bytes = trie.tobytes()
    return array("I", [len(tokens), len(seams)]).tobytes() + ranks.tobytes() + b"".join(seams) + packed


def _seams(token: bytes) -> Iterator[bytes]:
    """Where the token joins a part of a character to its neighbour: the last byte of one, the first of the other."""
    begins = [at for at, byte in enumerate(token) if byte & 0xC0 != 0x80]
    if begins and begins[0] > 0:
        yield token[begins[0] - 1 : begins[0] + 1]
    if begins and begins[-1] > 0 and len(token) - begins[-1] < _length(token[begins[-1]]):
        yield token[begins[-1] - 1 : begins[-1] + 1]


def _length(first: int) -> int:
    """Bytes of a character in UTF-8, by its first byte."""
    return 1 if first < 0xC0 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4


if __name__ == "__main__":
    sys.stdout.buffer.write(unpacked(sys.argv[1]))
