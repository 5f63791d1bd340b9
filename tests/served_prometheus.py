"""A server that speaks Prometheus' HTTP API over series that a test writes down, and can go wrong."""

import asyncio
import json
import re

from aiohttp import web

_RANGE = re.compile(r"(?s)(.*)\[(\d+)s\]")
_MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"')
_AGE = re.compile(r"min\(timestamp\((.*)\)\)")
_DOWN = re.compile(r"(up\{.*\}) == 0")
LOOK_BACK_S = 300


class ServedPrometheus:
    """`series` holds, by frozenset of labels with `__name__`, its samples: (Unix time, value), oldest first. `body`
    is what it answers instead, or gives that for a query as of a time."""

    def __init__(self, serve):
        self.series, self.asked, self.more = {}, [], {}
        self.body, self.status, self.late_s, self.headers = None, 200, 0.0, {}
        app = web.Application(client_max_size=10_000_000)
        app.router.add_get("/api/v1/query", self.answer)
        app.router.add_get("/api/v1/label/__name__/values", self.names)
        app.router.add_get("/api/v1/metadata", self.metadata)
        app.router.add_get("/api/v1/series", self.labels)
        self.url = serve(app)

    def add(self, metric, labels, *samples):
        self.series.setdefault(frozenset({"__name__": metric, **labels}.items()), []).extend(samples)

    async def names(self, request):
        return web.json_response({"status": "success", "data": sorted({dict(one)["__name__"] for one in self.series})})

    async def metadata(self, request):
        return web.json_response({"status": "success", "data": {}})

    async def labels(self, request):
        found = [dict(one) for one in self.series if dict(one)["__name__"] == request.query["match[]"]]
        return web.json_response({"status": "success", "data": found})

    async def answer(self, request):
        await asyncio.sleep(self.late_s)
        query, at_s = request.query["query"], float(request.query["time"])
        self.asked.append(query)
        body = self.body(query, at_s) if callable(self.body) else self.body
        if body is None:
            body = self.said(query, at_s)
        return web.Response(text=body, status=self.status, headers={"Content-Type": "application/json"} | self.headers)

    def said(self, query, at_s):
        if ranged := _RANGE.fullmatch(query):
            since_s = at_s - int(ranged[2])
            found = [
                {"metric": dict(labels), "values": [[at, _text(value)] for at, value in samples]}
                for labels, every in self.series.items()
                if _is_of(ranged[1], dict(labels)) and (samples := [one for one in every if since_s < one[0] <= at_s])
            ]
            return self.envelope("matrix", found)
        if aged := _AGE.fullmatch(query):
            times_s = [sample[0] for _, sample in self.now(aged[1], at_s)]
            return self.envelope("vector", [_one({}, at_s, min(times_s))] if times_s else [])
        zero = _DOWN.fullmatch(query)
        found = [one for one in self.now(zero[1] if zero else query, at_s) if not zero or one[1][1] == 0]
        return self.envelope("vector", [_one(labels, at_s, value) for labels, (_, value) in found])

    def now(self, selector, at_s):
        for labels, every in self.series.items():
            until = [one for one in every if at_s - LOOK_BACK_S < one[0] <= at_s]
            if until and _is_of(selector, dict(labels)):
                yield dict(labels), until[-1]

    def envelope(self, kind, found):
        return json.dumps({"status": "success", "data": {"resultType": kind, "result": found}} | self.more)


def _one(labels, at_s, value):
    return {"metric": labels, "value": [at_s, _text(value)]}


def _text(value):
    return value if isinstance(value, str) else repr(value)


def _is_of(selector, labels):
    name, _, matchers = selector.partition("{")
    every = [("__name__", "=", name)] if name else []
    for label, operator, value in (*every, *_MATCHER.findall(matchers)):
        said = labels.get(label, "")
        matches = re.fullmatch(value, said) is not None if "~" in operator else said == value
        if matches == operator.startswith("!"):
            return False
    return True
