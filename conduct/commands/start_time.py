"""Proposes T-0: the lowest trough of the last 7 days' traffic within 24 hours of the GO that is long enough for the
ramp and its stable hours.

python -m ramp start-time --history rates.csv
python -m ramp start-time --query 'sum(rate(http_requests_total[5m]))' --json
"""

import os
import sys
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

from conduct.commands.opening import named_or_newest
from conduct.common_options import takes
from conduct.given import given
from conduct.options import at_utc
from conduct.run import OBSERVATIONS, load_plan, load_release
from fixtures.release_thread import said_by_slack
from fixtures.ship_room import ShipRoom
from fixtures.sources import recording
from fixtures.traffic_history import history_of
from ramp.conflicts import conflicts
from ramp.observation import NoEvidence
from ramp.plan import Plan
from ramp.privacy.environment import secrets_in
from ramp.privacy.masking import scrub
from ramp.release import Release
from ramp.start_time import Proposal, lasts_min, propose
from ramp.traffic_history_rows import TrafficHistory
from ramp.validation import Invalid
from reports.asked import Said
from reports.power_table import first_stage_sees
from reports.start_time import Sees, as_json, as_text


def add_arguments(parser: ArgumentParser) -> None:
    takes(parser, "release", "plan", "run")
    where = "the request rate: CSV with the columns at and per_s, or JSON lines (default: [traffic_history])"
    parser.add_argument("--history", type=Path, metavar="FILE", help=where)
    query = "a PromQL expression for the request rate, asked at [real.prometheus]"
    parser.add_argument("--query", metavar="PROMQL", help=query)
    parser.add_argument("--go", type=at_utc("--go"), metavar="TIME", help="the GO (default: go_at_utc of the release)")
    parser.add_argument("--now", type=at_utc("--now"), metavar="TIME", help="until when rates are read (default: now)")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--post", action="store_true", help="also to #ship-room, by slack_token_env of [real]")


def run(options: Namespace) -> int:
    """Raises Invalid, and NoEvidence where too little of the traffic is known, or Slack does not take it."""
    plan = load_plan(options.plan)
    release = load_release(options.release, plan, [])
    now_utc = options.now or datetime.now(UTC)
    go_utc = options.go or release.go_at_utc or now_utc
    prometheus = release.real.prometheus if release.real else None
    told = _told(options, release)
    history = history_of(told, prometheus, now_utc, plan.start_time.days)
    latest_utc = go_utc + timedelta(hours=plan.start_time.within_h, minutes=lasts_min(plan))
    busy = conflicts(release.freezes, release.roster, release.people, now_utc, latest_utc)
    proposal = propose(plan, history, go_utc=go_utc, now_utc=now_utc, busy=busy)
    sees = _sees(plan, proposal, options)
    print(as_json(proposal, sees) if options.json else as_text(proposal, sees))
    if options.post:
        _post(release, as_text(proposal, sees))
        print(f"Posted to {release.channel}.", file=sys.stderr)
    return 0


def _post(release: Release, text: str) -> None:
    """Raises Invalid where nothing says which Slack, and NoEvidence where it does not take it."""
    if release.real is None:
        raise Invalid("start-time", ["--post needs [real] in the release file, and its slack_token_env"])
    token = given(release.real.slack_token_env, os.environ).get_secret_value()
    known = (token, *secrets_in(os.environ))
    room = ShipRoom(release.real.slack_url, token, release.channel, secrets=known)
    with said_by_slack():
        room.post(Said(f"```\n{escape(scrub(text, known), quote=False)}\n```"))


def _told(options: Namespace, release: Release) -> TrafficHistory:
    """Raises Invalid where nothing says where the rates stand, or two do."""
    if options.history and options.query:
        raise Invalid("start-time", ["--history and --query are two places: give one"])
    if options.history or options.query:
        return TrafficHistory(file=str(options.history) if options.history else None, query=options.query)
    if release.traffic_history is None:
        how = "give --history=FILE or --query=PROMQL, or [traffic_history] in the release file"
        raise Invalid("start-time", [f"nothing says where the request rate stands: {how}"])
    return release.traffic_history


def _sees(plan: Plan, proposal: Proposal, options: Namespace) -> Sees:
    """What the first stage would see at each candidate, by the newest run's recording; empty where none tells."""
    folder = named_or_newest(options)
    if folder is None or not (folder / OBSERVATIONS).exists():
        return {}
    try:
        recorded = recording.read(folder / OBSERVATIONS, timedelta(minutes=plan.reading.fresh_min))
        return {each.start_utc: first_stage_sees(plan, recorded, each.per_s) for each in proposal.candidates}
    except NoEvidence:
        return {}
