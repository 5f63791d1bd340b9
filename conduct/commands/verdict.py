"""What another controller may do now, by the run's journal: CONTINUE, HOLD or ROLLBACK, as JSON; no network is needed.

python -m ramp verdict                            once; exit status 0 CONTINUE, 10 HOLD, 20 ROLLBACK, 30 evidence broken
python -m ramp verdict --serve                    answers GET http://127.0.0.1:8711/?moment=stage_10
python -m ramp verdict --serve 0.0.0.0:8711 --from-other-machines

200 only for a fresh CONTINUE of this release file's version and commit; else 409 or 503 with the same JSON.
For Argo Rollouts and Flagger: docs/recipes.md.
"""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conduct.common_options import takes
from conduct.run import load_plan, load_release
from conduct.run_folder import must_be_there
from conduct.serving import AskedWrongly, VerdictServer
from conduct.verdict_now import Now, unknown, verdict_now
from ramp.decision import EVIDENCE_BROKEN_EXIT
from ramp.folded import BEFORE
from ramp.loopback import on_loopback
from ramp.plan import Plan
from ramp.release import Release
from ramp.validation import Invalid, nearest
from reports.journal import FILE, JournalBroken, read_file

DEFAULT = "127.0.0.1:8711"


def add_arguments(parser: ArgumentParser) -> None:
    takes(parser, "release", "plan", "run")
    parser.add_argument("--moment", metavar="MOMENT", help="whose decision counts (default: the last one's)")
    parser.add_argument("--serve", nargs="?", const=DEFAULT, metavar="HOST:PORT", help=f"default: {DEFAULT}")
    parser.add_argument(
        "--from-other-machines", action="store_true", help="lets --serve answer whoever reaches HOST, not only this one"
    )


def run(options: Namespace) -> int:
    """Raises Invalid, JournalBroken for the one answer, and KeyboardInterrupt where it is to serve no longer."""
    if options.run:
        must_be_there(options.run)
    plan = load_plan(options.plan)
    load_release(options.release, plan, [])
    if options.moment is not None:
        _must_be_known(plan, options.moment)
    if options.serve is not None:
        return _serve(options, *_address(options))
    now, said, is_broken = _answer(options, {})
    print(json.dumps(said))
    return EVIDENCE_BROKEN_EXIT if is_broken else now.action.exit_code


def _serve(options: Namespace, host: str, port: int) -> int:
    try:
        server = VerdictServer(host, port, lambda asked: _answer(options, asked)[:2])
    except OSError as taken:
        raise Invalid("--serve", [f"{options.serve} cannot be listened at: {taken.strerror or taken}"]) from None
    with server:
        print(f"http://{host}:{server.server_address[1]}/ says what may be done; Ctrl-C ends it", flush=True)
        server.serve_forever()
    return 0


def _answer(options: Namespace, asked: Mapping[str, str | float]) -> tuple[Now, dict[str, Any], bool]:
    """Everything is read anew, so that whoever asks hears of this instant. Raises AskedWrongly."""
    release, is_broken = None, False
    try:
        plan = load_plan(options.plan)
        release = load_release(options.release, plan, [])
        moment = _moment(plan, release, asked, options.moment)
        folder = options.run or _newest(release)
        if folder is None:
            now = unknown(f"there is no run of {release.version}; begin one, or name it with --run=DIR", moment)
        else:
            records = read_file(folder / FILE, may_be_torn=True).records  # the conductor may be writing
            now = verdict_now(records, plan, release, moment, datetime.now(UTC))
    except JournalBroken as broken:
        now, is_broken = unknown(f"the evidence is broken: {broken}"), True
    except (Invalid, OSError) as failed:
        now = unknown(f"a file cannot be used: {failed}")
    return now, now.record(release), is_broken


def _moment(plan: Plan, release: Release, asked: Mapping[str, str | float], otherwise: str | None) -> str | None:
    """Raises AskedWrongly for a moment that is none, and for another release."""
    for name in ("version", "commit"):
        if name in asked and asked[name] != getattr(release, name):
            raise AskedWrongly(
                f"{name} {str(asked[name])[:100]} was asked for, and {getattr(release, name)} is released"
            )
    named = str(asked["moment"]) if "moment" in asked else otherwise
    if named is not None:
        try:
            plan.moment(named)
        except KeyError as unknown_moment:
            raise AskedWrongly(str(unknown_moment.args[0])[:300]) from None
    if "weight_pct" not in asked:
        return named
    at = [stage.id for stage in plan.stages if stage.traffic_pct == asked["weight_pct"]]
    at = at or [BEFORE] * (asked["weight_pct"] == 0)
    if not at or named not in (None, *at):
        raise AskedWrongly(f"the canary has {asked['weight_pct']:g} %, which is the weight of {named or 'no stage'}")
    return at[0]


def _newest(release: Release) -> Path | None:
    """The newest run folder of this version that has a journal."""
    journals = Path("runs", release.version).glob(f"*/{FILE}")
    newest = max(journals, key=lambda file: file.stat().st_mtime, default=None)
    return newest.parent if newest else None


def _must_be_known(plan: Plan, moment: str) -> None:
    known = [row.id for row in plan.moments]
    if moment not in known:
        raise Invalid("--moment", [f"'{moment}' is no moment.{nearest(moment, known)} Known: {', '.join(known)}."])


def _address(options: Namespace) -> tuple[str, int]:
    """Raises Invalid."""
    host, _, port = options.serve.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not (host and port.isdecimal() and port.isascii() and len(port) <= 5 and int(port) < 65536):
        raise Invalid("--serve", [f"'{options.serve}' should be HOST:PORT, for example --serve {DEFAULT}"])
    if not (options.from_other_machines or on_loopback(host)):
        said = f"{host} is reached from other machines, and who asks there is not asked who they are"
        raise Invalid("--serve", [f"{said}; say so with --from-other-machines, or leave it at {DEFAULT}"])
    return host, int(port)
