"""The keys under which answers are kept: digests of the question and of all that its answer depends on."""

from hashlib import blake2b

import msgspec

VERSION = "1"
"""Of how questions are read: another one finds nothing that was kept before."""


class Scope(msgspec.Struct, frozen=True):
    """What must be the same for an answer to be given again."""

    agent: str
    system: str
    """The system prompt as it is sent: another one, another fingerprint."""
    model: str
    zone: str
    """The residency zone that binds the question; empty where none does."""
    private: bool
    """What was answered in private is not shown in a group, nor the other way round."""


def key_of(scope: Scope, form: str, kind: str) -> str:
    """A digest of 32 characters. `kind` tells exact forms from canonical ones."""
    digest = blake2b(digest_size=16)
    for part in (VERSION, kind, scope.agent, scope.system, scope.model, scope.zone, str(scope.private), form):
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()
