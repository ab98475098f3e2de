"""The figures of one process for Prometheus: counted where things happen, in memory, without a person's id or words.

Label values are names from regions.toml or words of our own, so there is a bounded number of each.
"""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)

from hub.money.holds import Bill, Call, Settlement

FAST_S = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 180.0)
"""Buckets of what a person waits for; a call takes three minutes at the most."""
NUSD = 1e9


class Meters:
    """Every metric there is. Counting one costs about a microsecond."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # when a series began is of no use here, and doubles their number
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self.accepted = Counter(
            "trunkline_messages_accepted", "Messages stored, redeliveries left out.", ["channel"], registry=registry
        )
        self.finished = Counter(
            "trunkline_messages_finished",
            "Messages done, by what became of them.",
            ["channel", "outcome"],
            registry=registry,
        )
        self.answer_seconds = Histogram(
            "trunkline_answer_duration_seconds",
            "From stored to delivered.",
            ["channel"],
            buckets=FAST_S,
            registry=registry,
        )
        self.calls = Counter(
            "trunkline_model_calls",
            "Ledger rows, by how the call ended.",
            ["agent", "deployment", "model", "kind", "outcome"],
            registry=registry,
        )
        self.call_seconds = Histogram(
            "trunkline_model_call_duration_seconds",
            "From the request to the end of its stream.",
            ["deployment", "model"],
            buckets=FAST_S,
            registry=registry,
        )
        self.first_token_seconds = Histogram(
            "trunkline_model_first_token_seconds",
            "From the request to the first piece of text.",
            ["deployment"],
            buckets=FAST_S,
            registry=registry,
        )
        self.errors = Counter(
            "trunkline_model_errors", "Calls that failed, by kind.", ["deployment", "kind"], registry=registry
        )
        self.tokens = Counter(
            "trunkline_tokens",
            "Billed tokens; cached input is part of the input, reasoning part of the output.",
            ["agent", "model", "type"],
            registry=registry,
        )
        self.cost = Counter(
            "trunkline_cost_usd", "What the ledger says, in US dollars.", ["agent", "model", "mark"], registry=registry
        )
        self.presumed = Counter("trunkline_presumed_usd", "Charged for calls whose process died.", registry=registry)
        self.holds = Counter(
            "trunkline_holds",
            "Money asked for: held, busy, spent; and given back.",
            ["agent", "outcome"],
            registry=registry,
        )
        self.reuse = Counter(
            "trunkline_reuse_lookups",
            "Questions for which an earlier answer was looked for: hit, miss.",
            ["agent", "outcome"],
            registry=registry,
        )
        self.rate_limited = Counter(
            "trunkline_rate_limited", "Times a platform asked to wait.", ["channel", "account"], registry=registry
        )
        self.log_records = Counter(
            "trunkline_log_records", "Log lines from warning on.", ["level", "logger"], registry=registry
        )
        self.turns = Gauge("trunkline_turns_in_progress", "Turns of this process under way.", registry=registry)
        self.queue = Gauge("trunkline_queue_messages", "Messages that wait or are being answered.", registry=registry)
        self.region_queue = Gauge(
            "trunkline_region_queue_messages", "Those of them that a home region's workers take.", ["region"],
            registry=registry,
        )  # fmt: skip
        self.open_holds = Gauge("trunkline_open_holds", "Holds that have not ended.", registry=registry)
        self.open_holds_usd = Gauge("trunkline_open_holds_usd", "US dollars in them.", registry=registry)
        self.budget_limit = _budget("limit_usd", "Most to be spent in the present period, in US dollars.", registry)
        self.budget_spent = _budget("spent_usd", "Spent of it.", registry)
        self.budget_held = _budget("held_usd", "Held of it.", registry)
        self.ready = Gauge(
            "trunkline_ready", "1 where a part can do its work, as last looked at.", ["part"], registry=registry
        )
        self.disk_free = Gauge(
            "trunkline_disk_free_bytes", "Room left where the database or the var folder stands.", registry=registry
        )
        self.backup_at = Gauge(
            "trunkline_last_backup_timestamp_seconds", "When the newest scheduled backup was made.", registry=registry
        )

    def settled(self, call: Call, bill: Bill, ending: Settlement) -> None:
        """A ledger row was written."""
        self.calls.labels(call.agent, call.deployment, call.model, call.kind, bill.outcome).inc()
        self.call_seconds.labels(call.deployment, call.model).observe(bill.took_ms / 1000)
        tokens = bill.tokens
        for type_, count in (
            ("input", tokens.input),
            ("cached_input", tokens.cached_input),
            ("output", tokens.output),
            ("reasoning", tokens.reasoning),
        ):
            if count:
                self.tokens.labels(call.agent, call.model, type_).inc(count)
        self.cost.labels(call.agent, call.model, ending.mark or "exact").inc(ending.cost_nusd / NUSD)

    def looked_up(self, agent: str, found: bool) -> None:
        """An earlier answer was looked for."""
        self.reuse.labels(agent, "hit" if found else "miss").inc()

    def names(self) -> set[str]:
        """Of our own metrics, as a scrape has them: with the endings of counters and histograms."""
        endings = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}
        return {
            f"{family.name}{ending}"
            for family in self.registry.collect()
            if family.name.startswith("trunkline_")
            for ending in endings.get(family.type, ("",))
        }


def _budget(ending: str, help_: str, registry: CollectorRegistry) -> Gauge:
    return Gauge(f"trunkline_budget_{ending}", help_, ["scope", "name", "period"], registry=registry)
