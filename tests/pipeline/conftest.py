"""What all tests of the pipeline share."""

import pytest

from hub.context import meaning


@pytest.fixture(autouse=True)
def by_words_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """As without the extra, also where it is installed: reading the meaning of long conversations takes minutes."""
    monkeypatch.setattr(meaning, "installed", lambda: False)
