"""`preset`: the rows of `[real.series]` by which the pages of common programs are read, each as its program writes it.

A row of the release file is laid over that of the preset, word by word; the name of a metric alone stands in its place.
"""

from collections.abc import Mapping
from typing import Any

from ramp.validation import nearest

# Each is read in tests/fixtures/test_presets.py from a page of the version that stands there.
PRESETS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "envoy": {
        "latency_s": {"metric": "envoy_cluster_upstream_rq_time", "unit": "ms"},
        "requests": {"metric": "envoy_cluster_upstream_rq_xx", "status": "envoy_response_code_class"},
    },
    "fastapi_instrumentator": {
        "latency_s": {"metric": "http_request_duration_highr_seconds"},
        "requests": {"metric": "http_requests_total", "status": "status"},
    },
    "haproxy": {
        "requests": {
            "metric": "haproxy_backend_http_responses_total",
            "status": "code",
            "slices": {"label": "proxy"},
        },
    },
    "istio": {
        "latency_s": {
            "metric": "istio_request_duration_milliseconds",
            "keep": {"reporter": "destination"},
            "status": "response_code",
            "grpc_status": "grpc_response_status",
            "unit": "ms",
        },
    },
    "micrometer": {
        "latency_s": {
            "metric": "http_server_requests_seconds",
            "drop": {"uri": ["/actuator/health", "/actuator/health/liveness", "/actuator/health/readiness"]},
            "status": "status",
        },
    },
    "node_exporter": {
        "db_cpu_ratio": {
            "metric": "node_cpu_seconds_total",
            "drop": {"mode": ["idle", "iowait"]},
            "rate": True,
            "of": "node_cpu_seconds_total",
        },
        "db_io_ratio": {"metric": "node_disk_io_time_seconds_total", "rate": True},
    },
    "opentelemetry_genai": {
        "ai_requests": {"metric": "gen_ai_client_operation_duration_seconds"},
        "ai_tokens": {"metric": "gen_ai_client_token_usage"},
    },
    "opentelemetry_http": {
        "latency_s": {"metric": "http_server_request_duration_seconds"},
    },
    "postgres_exporter": {
        "db_connections_ratio": {"metric": "pg_stat_activity_count", "of": "pg_settings_max_connections"},
    },
}

# How the program of a preset is told where its boundaries are.
BUCKETS: Mapping[str, str] = {
    "envoy": "histogram_bucket_settings in Envoy's stats_config",
    "fastapi_instrumentator": "Instrumentator().instrument(app, "
    "latency_highr_buckets=(0.05, 0.075, 0.1, 0.12, 0.15, 0.25, 0.5, 1, 2.5, 10))",
    "istio": "the annotation sidecar.istio.io/statsHistogramBuckets",
    "micrometer": "management.metrics.distribution.slo.http.server.requests=50ms,75ms,100ms,120ms,150ms,250ms",
    "opentelemetry_http": "a View of http.server.request.duration with ExplicitBucketHistogramAggregation and 0.12",
}


def with_presets(table: Any) -> Any:
    """A `[real]` table with the rows of its presets in `series`. Raises ValueError for a preset that there is not, and
    for two that read the same series."""
    if not isinstance(table, Mapping) or "preset" not in table:
        return table
    names = table["preset"]
    names = [names] if isinstance(names, str) else names
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        return table  # whose type is refused by itself
    if table.get("prometheus"):
        raise ValueError("preset is for scraped pages; with prometheus write a selector for each signal")
    rows: dict[str, Any] = {}
    for name in names:
        if name not in PRESETS:
            raise ValueError(
                f"there is no preset '{name}'.{nearest(name, PRESETS)} Known here: {', '.join(sorted(PRESETS))}"
            )
        if twice := rows.keys() & PRESETS[name].keys():
            raise ValueError(f"preset {name} reads {min(twice)}, which another preset reads too: name one of both")
        rows |= PRESETS[name]
    own = table.get("series", {})
    if not isinstance(own, Mapping):
        return table
    laid_over = {
        key: {**rows[key], **row} if key in rows and isinstance(row, Mapping) else row for key, row in own.items()
    }
    return {**table, "series": {**rows, **laid_over}}
