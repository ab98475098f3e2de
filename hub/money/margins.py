"""How much more than our count a provider may bill as input: learned from its bills, for each model.

Our tokenizer is not the provider's: another vocabulary counts the same text differently, and each provider frames a
chat with tokens of its own. So a hold's input is the count, widened by the model's margin, plus a little for framing.
"""

from collections.abc import Iterable

from hub.store import Database, Statement, statement

WIDEN = "money.widen_count_margin"

DEFAULT_PERMILLE = 1_100
"""Before anything is known of a model: a tenth more than our count."""
MOST_PERMILLE = 4_000
"""No true tokenizer needs four times as many; a bill beyond is a fault and must not freeze the budget for all."""
FRAMING_TOKENS = 32
"""Of roles and separators around a few turns; it would spoil the ratio of a short prompt."""


class CountMargins:
    """Billed input over counted input for each model, in thousandths, at the most so far."""

    def __init__(self, permille: dict[str, int] | None = None) -> None:
        """`permille`: as stored."""
        self._permille = dict(permille or {})
        self._stored = dict(self._permille)

    @classmethod
    async def load(cls, database: Database) -> "CountMargins":
        """What was learned before this start. Raises StoreError."""
        rows = await database.read(statement("money.count_margins"))
        return cls({row["model"]: row["permille"] for row in rows})

    async def renew(self, database: Database) -> None:
        """What other processes have learned since. Raises StoreError."""
        for row in await database.read(statement("money.count_margins")):
            self._stored[row["model"]] = max(row["permille"], self._stored.get(row["model"], 0))
            self._permille[row["model"]] = max(row["permille"], self._permille.get(row["model"], 0))

    def of(self, model: str) -> int:
        """The margin to count with, in thousandths."""
        return self._permille.get(model, DEFAULT_PERMILLE)

    def bound(self, model: str, counted: int) -> int:
        """Input tokens that the provider will bill at the most for `counted` of ours, as far as is known."""
        return -(-counted * self.of(model) // 1_000) + FRAMING_TOKENS

    def learn(self, model: str, *, counted: int, billed: int) -> Statement | None:
        """Take note of a bill; the statement that keeps what was learned, for the settling transaction.

        It is given with every bill until `kept` is told of it: a transaction may fail and be tried again.
        """
        if counted <= 0:
            return None
        needed = min(MOST_PERMILLE, -(-(billed - FRAMING_TOKENS) * 1_000 // counted))
        if needed > self.of(model):
            self._permille[model] = needed
        if self.of(model) <= self._stored.get(model, DEFAULT_PERMILLE):
            return None
        return statement(WIDEN, model=model, permille=self.of(model))

    def kept(self, statements: Iterable[Statement]) -> None:
        """These have been committed."""
        for values in (each.values for each in statements if each.sql.name == WIDEN):
            self._stored[values["model"]] = max(values["permille"], self._stored.get(values["model"], 0))
