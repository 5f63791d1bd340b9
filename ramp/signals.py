"""Every quantity that is measured of a release, once. A gate reads a row of this table, and what the row needs follows
from it: where it is scraped, what restarts with it, which gate is blind without it, what the doctor asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ramp.observation import SLICES, NoEvidence, Slice
from ramp.units import Unit
from ramp.validation import nearest

Kind = Literal["counter", "labelled", "histogram", "gauge"]
Due = Literal["both", "canary", "shared"]  # shared: one thing that both slices use, such as the database

LATENCY_S, REQUESTS, ERRORS = "latency_s", "requests", "errors"
CACHE_LOOKUPS, CACHE_HITS, ORIGIN_REQUESTS = "cache_lookups", "cache_hits", "origin_requests"
SPLIT_REQUESTS = "split_requests"
USERS, COST_USD, COST_USD_SQUARED = "users", "cost_usd", "cost_usd_squared"
AI_REQUESTS, AI_COST_USD, AI_REVENUE_USD, AI_TOKENS = "ai_requests", "ai_cost_usd", "ai_revenue_usd", "ai_tokens"
PAYMENTS_ATTEMPTED, PAYMENTS_SUCCEEDED = "payments_attempted", "payments_succeeded"
PAYMENTS_DECLINED, FRAUD_FLAGS = "payments_declined", "fraud_flags"
SYNTHETIC_RUNS, SYNTHETIC_FAILURES = "synthetic_runs", "synthetic_failures"
SYNTHETIC_WRONG_SLICE, SCHEMA_VIOLATIONS = "synthetic_wrong_slice", "schema_violations"
LOG_LINES_SCANNED, PERSONAL_DATA_FINDINGS = "log_lines_scanned", "personal_data_findings"


@dataclass(frozen=True)
class Signal:
    """One measured quantity. Counters are cumulative, and all of one `group` are counted by one source: when one of
    them begins anew, all do. The checks of `needed_by` are blind without it, those of `told_by` only tell it.

    `metric` is what it is scraped as unless the release file says another under [real.series], where its key is
    `series`, or its own name. One metric may give several signals; one that gives a single one is read as its kind
    says, and a labelled counter by its labels `split_by`.
    It is `reported_by` the release's metrics, by the suite at each look, or by the suite's own load from its first
    request on. A release need not report what is `optional`.
    """

    name: str
    kind: Kind = "counter"
    due: Due = "both"
    unit: Unit = Unit.COUNT
    group: str = ""
    series: str = ""
    metric: str = ""
    split_by: tuple[str, ...] = ()
    needed_by: tuple[str, ...] = ()
    told_by: tuple[str, ...] = ()
    reported_by: Literal["release", "suite", "load"] = "release"
    optional: bool = False

    @property
    def due_on(self) -> tuple[Slice, ...]:
        """The slices whose observations must have it: of what they share, one is enough."""
        return SLICES if self.due == "both" else ("canary",)

    @property
    def key(self) -> str:
        """Its key under [real.series]; "" where no metric gives it."""
        return self.series or (self.name if self.metric else "")


_ROUTE = ("http_route",)
_TOKENS_OF = ("http_route", "gen_ai_request_model", "gen_ai_token_type")

SIGNALS = (
    Signal(
        LATENCY_S,
        "histogram",
        unit=Unit.SECONDS,
        group="requests",
        metric="http_server_request_duration_seconds",
        needed_by=("latency",),
    ),
    Signal(REQUESTS, group="requests", series=LATENCY_S, needed_by=("errors", "load")),
    Signal(ERRORS, group="requests", series=LATENCY_S, needed_by=("errors",)),
    Signal(CACHE_LOOKUPS, group="cache", series="cache", metric="cache_requests", needed_by=("cache", "prewarm")),
    Signal(CACHE_HITS, group="cache", series="cache", needed_by=("cache", "prewarm")),
    Signal(ORIGIN_REQUESTS, group="cache", metric="origin_requests", needed_by=("cache",)),
    Signal(SPLIT_REQUESTS, metric="split_requests", needed_by=("share",)),
    Signal(USERS, group="users", metric="users", needed_by=("cost",)),
    Signal(COST_USD, unit=Unit.USD, group="users", metric="user_cost_usd", needed_by=("cost",)),
    Signal(COST_USD_SQUARED, unit=Unit.NONE, group="users", metric="user_cost_usd_squared", needed_by=("cost",)),
    Signal(
        AI_TOKENS,
        "labelled",
        group="ai",
        metric="gen_ai_client_token_usage",
        split_by=_TOKENS_OF,
        needed_by=("telemetry",),
    ),
    Signal(AI_COST_USD, unit=Unit.USD, group="ai", series=AI_TOKENS, needed_by=("markup",), told_by=("cost",)),
    Signal(
        "ai_cost_usd_by_route",
        "labelled",
        unit=Unit.USD,
        group="ai",
        series=AI_TOKENS,
        split_by=_ROUTE,
        told_by=("cost",),
    ),
    Signal(
        AI_REQUESTS,
        group="ai",
        metric="gen_ai_client_operation_duration_seconds",
        needed_by=("markup",),
        told_by=("cost",),
    ),
    Signal("ai_requests_by_route", "labelled", group="ai", series=AI_REQUESTS, split_by=_ROUTE, told_by=("cost",)),
    Signal(AI_REVENUE_USD, unit=Unit.USD, group="ai", metric="ai_revenue_usd", needed_by=("markup",)),
    Signal(
        "ai_revenue_usd_by_route",
        "labelled",
        unit=Unit.USD,
        group="ai",
        series=AI_REVENUE_USD,
        split_by=_ROUTE,
        needed_by=("telemetry",),
    ),
    Signal(PAYMENTS_ATTEMPTED, due="canary", group="payments", metric="payments_attempted", needed_by=("payments",)),
    Signal(PAYMENTS_SUCCEEDED, due="canary", group="payments", metric="payments_succeeded", needed_by=("payments",)),
    Signal(
        PAYMENTS_DECLINED,
        "labelled",
        due="canary",
        group="payments",
        metric="payments_declined",
        split_by=("rule",),
        told_by=("payments",),
    ),
    Signal(
        FRAUD_FLAGS,
        "labelled",
        due="canary",
        group="payments",
        metric="fraud_flags",
        split_by=("rule",),
        told_by=("payments",),
    ),
    Signal("db_cpu_ratio", "gauge", due="shared", unit=Unit.RATIO, metric="db_cpu_ratio", needed_by=("database",)),
    Signal("db_io_ratio", "gauge", due="shared", unit=Unit.RATIO, metric="db_io_ratio", needed_by=("database",)),
    Signal(
        "db_connections_ratio",
        "gauge",
        due="shared",
        unit=Unit.RATIO,
        metric="db_connections_ratio",
        needed_by=("database",),
    ),
    Signal(
        "db_utilization_ratio",
        "gauge",
        due="shared",
        unit=Unit.RATIO,
        metric="db_utilization_ratio",
        told_by=("database",),
        optional=True,
    ),
    Signal("processor_payments", "gauge", due="canary", told_by=("payments",), reported_by="suite"),
    Signal("processor_cents", "gauge", due="canary", unit=Unit.CENTS, told_by=("payments",), reported_by="suite"),
    Signal(
        "processor_largest_cents", "gauge", due="canary", unit=Unit.CENTS, told_by=("payments",), reported_by="suite"
    ),
    Signal("payments_orphan", "gauge", due="canary", told_by=("payments",), reported_by="suite"),
    Signal("payments_missing", "gauge", due="canary", told_by=("payments",), reported_by="suite"),
    Signal("payments_wrong_amount", "gauge", due="canary", told_by=("payments",), reported_by="suite"),
    Signal("payments_duplicate", "gauge", due="canary", told_by=("payments",), reported_by="suite"),
    Signal("payments_wrong_currency", "gauge", due="canary", told_by=("payments",), reported_by="suite"),
    Signal("payments_wrong_state", "gauge", due="canary", told_by=("payments",), reported_by="suite"),
    Signal(SYNTHETIC_RUNS, due="canary", group="synthetics", needed_by=("synthetics",), reported_by="suite"),
    Signal(SYNTHETIC_FAILURES, due="canary", group="synthetics", needed_by=("synthetics",), reported_by="suite"),
    Signal(SYNTHETIC_WRONG_SLICE, due="canary", group="synthetics", needed_by=("synthetics",), reported_by="suite"),
    Signal(SCHEMA_VIOLATIONS, due="canary", group="synthetics", needed_by=("synthetics",), reported_by="suite"),
    Signal(LOG_LINES_SCANNED, due="canary", group="logs", needed_by=("privacy",), reported_by="suite"),
    Signal(PERSONAL_DATA_FINDINGS, due="canary", group="logs", needed_by=("privacy",), reported_by="suite"),
    Signal("load_s", due="canary", unit=Unit.SECONDS, group="load", needed_by=("load",), reported_by="load"),
    Signal("load_due", "labelled", due="canary", group="load", needed_by=("load",), reported_by="load"),
    Signal("load_answered", "labelled", due="canary", group="load", needed_by=("load",), reported_by="load"),
    Signal("load_fine", "labelled", due="canary", group="load", needed_by=("load",), reported_by="load"),
    Signal("load_wrong_slice", "labelled", due="canary", group="load", needed_by=("load",), reported_by="load"),
    Signal("load_payments", "labelled", due="canary", group="load", needed_by=("load",), reported_by="load"),
    Signal("load_saturated", due="canary", group="load", needed_by=("load",), reported_by="load"),
    Signal("load_workers_lost", due="canary", group="load", needed_by=("load",), reported_by="load"),
    Signal("load_latency_s", "histogram", unit=Unit.SECONDS, group="load", needed_by=("load",), reported_by="load"),
    Signal("load_service_s", "histogram", unit=Unit.SECONDS, group="load", needed_by=("load",), reported_by="load"),
)

BY_NAME: Mapping[str, Signal] = {signal.name: signal for signal in SIGNALS}
# [real.series]: the metric of each, by default as the rehearsal exports it.
SERIES: Mapping[str, str] = {signal.key: signal.metric for signal in SIGNALS if signal.metric}
COUNTED_TOGETHER = tuple(
    frozenset(signal.name for signal in SIGNALS if signal.group == group)
    for group in dict.fromkeys(signal.group for signal in SIGNALS if signal.group)
)


def named(name: str) -> Signal:
    """Raises NoEvidence for a name that is not in the table, with the nearest that is."""
    if name in BY_NAME:
        return BY_NAME[name]
    raise NoEvidence(f"there is no signal '{name}'.{nearest(name, BY_NAME)} Each is a row of ramp/signals.py", name)


def given_by(series: str) -> tuple[Signal, ...]:
    """What is read from the metric of `series`."""
    return tuple(signal for signal in SIGNALS if signal.key == series)


def needs(check: str) -> tuple[Signal, ...]:
    """What `check` is blind without."""
    return tuple(signal for signal in SIGNALS if check in signal.needed_by)
