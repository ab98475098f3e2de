"""A vocabulary from the wheel of toktok, in the form that `hub.context.vocabulary` reads; run in a process of its own.

toktok needs 63 MB for a vocabulary once it is unpacked, and keeps them. A process that ends gives them back.
"""

import base64
import hashlib
import sys
from array import array

PUBLISHED = {
    "o200k_base": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    "cl100k_base": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
}
"""SHA-256 of the vocabulary files that OpenAI publishes; tiktoken refuses any other."""


def unpacked(name: str) -> bytes:
    """The vocabulary: its number of tokens, the rank of each by its number in the trie (both uint32), and the trie.

    Raises ValueError where the wheel's is not the published one.
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
    packed: bytes = trie.tobytes()
    return array("I", [len(tokens)]).tobytes() + ranks.tobytes() + packed


if __name__ == "__main__":
    sys.stdout.buffer.write(unpacked(sys.argv[1]))
