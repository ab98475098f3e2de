"""Reserving the money of one attempt: the usual tier and length, or what the agent's ladder makes of what is left."""

from collections.abc import Callable, Sequence

from hub.clock import Clock
from hub.config.settings import Deployment, Settings
from hub.errors import TrunklineError
from hub.money.budgets import Allowance, Busy, Spent, Unit, allowances
from hub.money.holds import Call, Held, HoldRequest, hold_request
from hub.money.prices import fitting_output, price_of, unpriced
from hub.money.till import Till
from hub.question import Question, counted_input, file_tokens
from hub.store import Statement

HOLD_WITHIN_S = 60.0
"""How long a turn waits while only others' holds are in its way."""
HOLD_LIVES_MS = 300_000
"""Longer than any call may take (Timeouts.whole is three minutes)."""
LEAST_OUTPUT = 48
"""Tokens below which a shorter answer is no answer."""


class UnknownPrice(TrunklineError):
    """A call that a budget in money could not count is not made."""


class Reserving:
    """Makes holds for attempts at an answer."""

    def __init__(
        self, *, settings: Callable[[], Settings], till: Till, clock: Clock, new_id: Callable[[], str]
    ) -> None:
        self._settings = settings
        self._till = till
        self._clock = clock
        self._new_id = new_id

    async def reserve(
        self, question: Question, deployment: Deployment, extra: Sequence[Statement], *, again: bool
    ) -> Held | Busy | Spent:
        """A hold; `extra` statements happen exactly with it. `again`: an attempt came before this one.

        Raises Undone where one of `extra` fails, UnknownPrice, StoreError.
        """

        async def hold(request: HoldRequest) -> Held | Busy | Spent:
            return await self._till.hold(request, deadline_s=HOLD_WITHIN_S, extra=extra)

        kind = "retry" if again else "answer"
        agent = question.agent
        tier = "complex" if "complex" in agent.tiers else "simple"
        request = self._request(question, deployment, tier, agent.context.max_output, kind)
        outcome = await hold(request)
        for step in agent.budget.when_spent:
            if not isinstance(outcome, Spent) or step == "faq":
                break
            if step == "cheaper" and tier != "simple" and "simple" in agent.tiers:
                tier = "simple"
                request = self._request(question, deployment, tier, agent.context.max_output, kind)
                outcome = await hold(request)
            elif step == "shorter":
                # As long an answer as every budget in the way has room for; each try is shorter than the one before.
                while isinstance(outcome, Spent) and (fitting := _fitting(request, outcome)):
                    request = self._request(question, deployment, tier, fitting, kind)
                    outcome = await hold(request)
        return outcome

    def _request(
        self, question: Question, deployment: Deployment, tier: str, output_cap: int, kind: str
    ) -> HoldRequest:
        model = "faq" if deployment.api == "faq" else question.agent.tiers.get(tier, deployment.api)
        price = price_of(deployment.api, model, self._settings().prices, self._clock.now_ms())
        touched = () if deployment.api == "faq" else self._allowances(question)
        if price is None and any(allowance.unit is Unit.MONEY for allowance in touched):
            raise UnknownPrice(f'The price of "{model}" is not known, and a budget depends on it: name it in [models].')
        call = Call(
            message=question.message,
            conversation=question.claim.key,
            person=question.person,
            channel=question.claim.conversation.channel,
            agent=question.agent.name,
            deployment=deployment.name,
            region=deployment.region,
            api=deployment.api,
            model=model,
            tier=tier,
            kind=kind,
        )
        return hold_request(
            call,
            price or unpriced(model),
            self._till.margins,
            hold_id=self._new_id(),
            fence=question.claim.fence,
            counted_input=counted_input(question, deployment),
            file_tokens=file_tokens(question, deployment.api, model),
            output_cap=output_cap,
            allowances=touched,
            lives_ms=HOLD_LIVES_MS,
        )

    def _allowances(self, question: Question) -> tuple[Allowance, ...]:
        return allowances(question.agent, self._settings().budgets, question.claim.conversation, question.person)


def _fitting(request: HoldRequest, refused: Spent) -> int | None:
    """The longest output that the budget has room for; None where that is no answer, or not shorter."""
    if refused.unit is Unit.TOKENS:
        fitting: int | None = refused.left - request.input_tokens
    else:
        fitting = fitting_output(request.price, request.input_tokens, refused.left)
    return fitting if fitting is not None and LEAST_OUTPUT <= fitting < request.output_cap else None
