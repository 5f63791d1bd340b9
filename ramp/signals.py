"""Every quantity that is measured of a release, once. What is needed of it follows from its row: where it is scraped,
what restarts with it, what the doctor asks for. Which gates read it stands in their table, `ramp.gates.readers`."""

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
SPLIT_REQUESTS, KEYED_REQUESTS = "split_requests", "keyed_requests"
NAMES_RELEASE, INSTANCES_APART, INSTANCES_SHARED = "names_release", "instances_apart", "instances_shared"
USERS, COST_USD, COST_USD_SQUARED = "users", "cost_usd", "cost_usd_squared"
AI_REQUESTS, AI_COST_USD, AI_REVENUE_USD, AI_TOKENS = "ai_requests", "ai_cost_usd", "ai_revenue_usd", "ai_tokens"
PAYMENTS_ATTEMPTED, PAYMENTS_SUCCEEDED = "payments_attempted", "payments_succeeded"
PAYMENTS_DECLINED, FRAUD_FLAGS = "payments_declined", "fraud_flags"
FRAUD_RULES_DIGEST, FRAUD_THRESHOLDS_READ = "fraud_rules_digest", "fraud_thresholds_read"
FRAUD_RULES_AGREED = "fraud_rules_agreed"
SYNTHETIC_RUNS, SYNTHETIC_FAILURES = "synthetic_runs", "synthetic_failures"
SYNTHETIC_WRONG_SLICE, SCHEMA_VIOLATIONS = "synthetic_wrong_slice", "schema_violations"
LOAD_S, LOAD_PAYMENTS = "load_s", "load_payments"
LOG_LINES_SCANNED, PERSONAL_DATA_FINDINGS = "log_lines_scanned", "personal_data_findings"
PERSONAL_DATA_SUSPECTED, IP_ADDRESSES_FOUND = "personal_data_suspected", "ip_addresses_found"
SECRETS_FOUND = "secrets_found"
DB_CPU_RATIO, DB_IO_RATIO, DB_CONNECTIONS_RATIO = "db_cpu_ratio", "db_io_ratio", "db_connections_ratio"
DB_UTILIZATION_RATIO = "db_utilization_ratio"
AI_COST_USD_BY_ROUTE, AI_REQUESTS_BY_ROUTE = "ai_cost_usd_by_route", "ai_requests_by_route"
AI_REVENUE_USD_BY_ROUTE = "ai_revenue_usd_by_route"
LATENCY_S_BY_ROUTE, REQUESTS_BY_ROUTE, ERRORS_BY_ROUTE = "latency_s_by_route", "requests_by_route", "errors_by_route"
LATENCY_S_BY_INSTANCE = "latency_s_by_instance"


@dataclass(frozen=True)
class Signal:
    """One measured quantity. Counters are cumulative, and all of one `group` are counted by one source: when one of
    them begins anew, all do.

    `metric` is what it is scraped as unless the release file says another under [real.series], where its key is
    `series`, or its own name. One metric may give several signals; one that gives a single one is read as its kind
    says, and a labelled counter by its labels `split_by`.
    It is `reported_by` the release's metrics, by the suite at each look, or by the suite's own load from its first
    request on. Where no source has it, another signal may be read `instead`, or `without` says what gates do.
    """

    name: str
    kind: Kind = "counter"
    due: Due = "both"
    unit: Unit = Unit.COUNT
    group: str = ""
    series: str = ""
    metric: str = ""
    split_by: tuple[str, ...] = ()
    reported_by: Literal["release", "suite", "load"] = "release"
    instead: str = ""
    without: str = ""

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
    ),
    Signal(REQUESTS, group="requests", series=LATENCY_S),
    Signal(ERRORS, group="requests", series=LATENCY_S),
    # Where the histogram tells routes: nobody is asked for these.
    Signal(LATENCY_S_BY_ROUTE, "labelled", group="requests", split_by=("http_route", "le")),
    Signal(REQUESTS_BY_ROUTE, "labelled", group="requests", split_by=_ROUTE),
    Signal(ERRORS_BY_ROUTE, "labelled", group="requests", split_by=_ROUTE),
    # Where several pages or processes tell it: an instance that begins anew is no doubt of the others.
    Signal(LATENCY_S_BY_INSTANCE, "labelled"),
    Signal(CACHE_LOOKUPS, group="cache", series="cache", metric="cache_requests"),
    Signal(CACHE_HITS, group="cache", series="cache"),
    Signal(ORIGIN_REQUESTS, group="cache", metric="origin_requests"),
    Signal(SPLIT_REQUESTS, metric="split_requests", instead=REQUESTS),
    Signal(USERS, group="users", metric="users"),
    Signal(COST_USD, unit=Unit.USD, group="users", metric="user_cost_usd"),
    Signal(COST_USD_SQUARED, unit=Unit.NONE, group="users", metric="user_cost_usd_squared"),
    Signal(
        AI_TOKENS,
        "labelled",
        group="ai",
        metric="gen_ai_client_token_usage",
        split_by=_TOKENS_OF,
    ),
    Signal(AI_COST_USD, unit=Unit.USD, group="ai", series=AI_TOKENS),
    Signal(
        AI_COST_USD_BY_ROUTE,
        "labelled",
        unit=Unit.USD,
        group="ai",
        series=AI_TOKENS,
        split_by=_ROUTE,
    ),
    Signal(
        AI_REQUESTS,
        group="ai",
        metric="gen_ai_client_operation_duration_seconds",
    ),
    Signal(AI_REQUESTS_BY_ROUTE, "labelled", group="ai", series=AI_REQUESTS, split_by=_ROUTE),
    Signal(AI_REVENUE_USD, unit=Unit.USD, group="ai", metric="ai_revenue_usd"),
    Signal(
        AI_REVENUE_USD_BY_ROUTE,
        "labelled",
        unit=Unit.USD,
        group="ai",
        series=AI_REVENUE_USD,
        split_by=_ROUTE,
    ),
    Signal(PAYMENTS_ATTEMPTED, due="canary", group="payments", metric="payments_attempted"),
    Signal(PAYMENTS_SUCCEEDED, due="canary", group="payments", metric="payments_succeeded"),
    Signal(
        PAYMENTS_DECLINED,
        "labelled",
        due="canary",
        group="payments",
        metric="payments_declined",
        split_by=("rule",),
        without="until it is there, a payment that was declined counts as a failed one",
    ),
    Signal(
        FRAUD_FLAGS,
        "labelled",
        due="canary",
        group="payments",
        metric="fraud_flags",
        split_by=("rule",),
        without="until it is there, flags are neither listed nor compared with control's",
    ),
    Signal(DB_CPU_RATIO, "gauge", due="shared", unit=Unit.RATIO, metric="db_cpu_ratio"),
    Signal(DB_IO_RATIO, "gauge", due="shared", unit=Unit.RATIO, metric="db_io_ratio"),
    Signal(
        DB_CONNECTIONS_RATIO,
        "gauge",
        due="shared",
        unit=Unit.RATIO,
        metric="db_connections_ratio",
    ),
    Signal(
        DB_UTILIZATION_RATIO,
        "gauge",
        due="shared",
        unit=Unit.RATIO,
        metric="db_utilization_ratio",
    ),
    Signal("processor_payments", "gauge", due="canary", reported_by="suite"),
    Signal("processor_cents", "gauge", due="canary", unit=Unit.CENTS, reported_by="suite"),
    Signal("processor_largest_cents", "gauge", due="canary", unit=Unit.CENTS, reported_by="suite"),
    Signal("payments_orphan", "gauge", due="canary", reported_by="suite"),
    Signal("payments_missing", "gauge", due="canary", reported_by="suite"),
    Signal("payments_wrong_amount", "gauge", due="canary", reported_by="suite"),
    Signal("payments_duplicate", "gauge", due="canary", reported_by="suite"),
    Signal("payments_wrong_currency", "gauge", due="canary", reported_by="suite"),
    Signal("payments_wrong_state", "gauge", due="canary", reported_by="suite"),
    Signal(FRAUD_RULES_DIGEST, "gauge", due="canary", unit=Unit.NONE, reported_by="suite"),
    Signal(FRAUD_THRESHOLDS_READ, "gauge", due="canary", unit=Unit.NONE, reported_by="suite"),
    Signal(FRAUD_RULES_AGREED, "gauge", due="canary", unit=Unit.NONE, reported_by="suite"),
    Signal(KEYED_REQUESTS, reported_by="suite"),
    # Whose page it is: 1 where it names the release, or where its processes are not control's; how many are.
    Signal(NAMES_RELEASE, "gauge"),
    Signal(INSTANCES_APART, "gauge", due="canary"),
    Signal(INSTANCES_SHARED, "gauge", due="canary"),
    Signal(SYNTHETIC_RUNS, due="canary", group="synthetics", reported_by="suite"),
    Signal(SYNTHETIC_FAILURES, due="canary", group="synthetics", reported_by="suite"),
    Signal(SYNTHETIC_WRONG_SLICE, due="canary", group="synthetics", reported_by="suite"),
    Signal(SCHEMA_VIOLATIONS, due="canary", group="synthetics", reported_by="suite"),
    Signal(LOG_LINES_SCANNED, due="canary", group="logs", reported_by="suite"),
    Signal(PERSONAL_DATA_FINDINGS, due="canary", group="logs", reported_by="suite"),
    Signal(PERSONAL_DATA_SUSPECTED, due="canary", group="logs", reported_by="suite"),
    Signal(IP_ADDRESSES_FOUND, due="canary", group="logs", reported_by="suite"),
    Signal(SECRETS_FOUND, due="canary", group="logs", reported_by="suite"),
    Signal(LOAD_S, due="canary", unit=Unit.SECONDS, group="load", reported_by="load"),
    Signal("load_ordered_s", due="canary", unit=Unit.SECONDS, group="load", reported_by="load"),
    Signal("load_due", "labelled", due="canary", group="load", reported_by="load"),
    Signal("load_answered", "labelled", due="canary", group="load", reported_by="load"),
    Signal("load_fine", "labelled", due="canary", group="load", reported_by="load"),
    Signal("load_wrong_slice", "labelled", due="canary", group="load", reported_by="load"),
    Signal(LOAD_PAYMENTS, "labelled", due="canary", group="load", reported_by="load"),
    Signal("load_saturated", due="canary", group="load", reported_by="load"),
    Signal("load_workers_lost", due="canary", group="load", reported_by="load"),
    Signal("load_lag_s", "histogram", due="canary", unit=Unit.SECONDS, group="load", reported_by="load"),
    Signal("load_latency_s", "histogram", unit=Unit.SECONDS, group="load", reported_by="load"),
    Signal("load_service_s", "histogram", unit=Unit.SECONDS, group="load", reported_by="load"),
)

BY_NAME: Mapping[str, Signal] = {signal.name: signal for signal in SIGNALS}
# [real.series]: the metric of each, by default as the rehearsal exports it.
SERIES: Mapping[str, str] = {signal.key: signal.metric for signal in SIGNALS if signal.metric}
# What may have a counter of its own, though a histogram or a label tells it too.
OWN = (REQUESTS, ERRORS, CACHE_LOOKUPS, CACHE_HITS)
BY_LOAD = tuple(signal.name for signal in SIGNALS if signal.reported_by == "load")
COUNTED_TOGETHER = tuple(
    frozenset(signal.name for signal in SIGNALS if signal.group == group)
    for group in dict.fromkeys(signal.group for signal in SIGNALS if signal.group)
)

_TOGETHER: Mapping[str, frozenset[str]] = {name: names for names in COUNTED_TOGETHER for name in names}


def together_with(name: str) -> frozenset[str]:
    """The counters that one source counts together with `name`, which is one of them."""
    return _TOGETHER.get(name, frozenset((name,)))


def named(name: str) -> Signal:
    """Raises NoEvidence for a name that is not in the table, with the nearest that is."""
    if name in BY_NAME:
        return BY_NAME[name]
    raise NoEvidence(f"there is no signal '{name}'.{nearest(name, BY_NAME)} Each is a row of ramp/signals.py", name)


def given_by(series: str) -> tuple[Signal, ...]:
    """What is read from the metric of `series`."""
    return tuple(signal for signal in SIGNALS if signal.key == series)
