"""The command line: `python -m ramp COMMAND`. The one file of ramp/ that may import fixtures and reports: it composes.

Exit status: 0 CONTINUE, 10 HOLD, 20 ROLLBACK, 30 evidence broken or unsafe to publish, 4 usage.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from conduct.conclusion import conclude, open_journal
from conduct.conducting import Conducted, Conducting
from conduct.journal import JournalBusy
from conduct.publish import NotPublished
from conduct.run import OBSERVATIONS, Run, load_plan, open_run
from conduct.under_pytest import forget_verdicts, read_verdicts
from fixtures import loopback_only
from fixtures.payments.store import LedgerUnavailable
from fixtures.rehearsal.running import RehearsalFailed
from ramp import gates
from ramp.decision import EVIDENCE_BROKEN_EXIT, USAGE_EXIT, Action, Decision
from ramp.hold import PLACEBO
from ramp.observation import NoEvidence
from ramp.replay import DEFAULT_GATES
from ramp.validation import Invalid, nearest
from reports.journal import JournalBroken, latest, read
from reports.progress import Progress

_PROJECT = Path(__file__).parents[1]


def rehearse(options: argparse.Namespace) -> int:
    """T-10, then every stage in order, on one rehearsal; stops at the first HOLD or ROLLBACK."""
    run = _open(options, folder=options.run)
    if run.release.target == "real":
        raise Invalid("rehearse", ['the release file says target = "real"; a rehearsal never touches a real target'])
    before = ["t_minus_10", *(stage.id for stage in run.plan.stages)]
    with Conducting(run, Progress()) as conducting, open_journal(run, before, conducting.run.clock.now()) as journal:
        for moment in before:
            conducting.observe(run.plan.moment(moment))
            forget_verdicts(run.folder, moment)  # what an earlier run found must not speak for one that dies
            status = _pytest(options, conducting.run, moment)
            if status in (2, 3, USAGE_EXIT):
                print(f"pytest ended with status {status} at {moment}: HOLD, nothing was promoted", file=sys.stderr)
                return status
            conclusion = conclude(journal, conducting.run, moment, read_verdicts(run.folder, moment))
            decision = conclusion.decision
            for line in conclusion.remarks:
                print(line)
            if decision.action is not Action.CONTINUE:
                break
    _say(decision, run)
    return decision.action.exit_code


def _pytest(options: argparse.Namespace, run: Run, moment: str) -> int:
    """The checks of `moment` as a process of their own: they return verdicts, this process concludes."""
    argv = [sys.executable, "-m", "pytest", "-m", moment, "--no-header", "-q"]
    # With "=", for pytest takes a path that stands alone for a place to look for tests.
    argv += [f"--run={run.folder.resolve()}", f"--release={options.release.resolve()}"]
    argv += ["--scenario", options.scenario, "--speed", str(options.speed)]
    argv += ["-p", "no:cacheprovider", "-p", "no:hypothesispytest", *options.pytest]
    return subprocess.run(argv, cwd=_PROJECT, env=os.environ, check=False).returncode


def _say(decision: Decision, run: Run) -> None:
    print(f"\n{decision.action} after {decision.moment}: {decision.reason}")
    print(f"Next: {decision.next_step}")
    print(f"Page: {run.folder / 'page.html'}")


def observe(options: argparse.Namespace) -> int:
    """Looks at a real target every minute of a stage and writes down what it sees, for pytest -m stage_N --run=DIR."""
    from conduct.stage_driver import StageDriver  # noqa: PLC0415  only here and in a rehearsal

    is_placebo = options.moment == PLACEBO
    run = _open(options, folder=options.run, moments=[] if is_placebo else [options.moment])
    with Conducting(run, Progress()) as conducting:
        driver = StageDriver(conducting.run, Progress())
        try:
            driver.observe(run.plan.placebo if is_placebo else run.plan.moment(options.moment))
        finally:
            driver.close()
    further = (
        f"Go on with: --moment {run.plan.stages[0].id}" if is_placebo else f"Judge it with: pytest -m {options.moment}"
    )
    print(f"Observed. {further} --run={run.folder}")
    return 0


def doctor(options: argparse.Namespace) -> int:
    """Tries every configured query and probe once, read-only; says what each returned or what to change."""
    from conduct.doctor import findings  # noqa: PLC0415  the Stripe SDK is slow to import

    run = _open(options, folder=None)
    broken = 0
    with Conducting(run, Progress()) as conducting:
        if run.release.target == "rehearsal":
            conducting.observe(run.plan.moment("t_minus_10"))  # nothing reports on traffic that is not there
        for finding in findings(conducting.run):
            broken += not finding.works
            print(f"{'ok  ' if finding.works else 'FAIL'}  {finding.what}: {finding.said}")
    print(f"\n{broken} of these need a change." if broken else "\nEverything answers.")
    return Action.HOLD.exit_code if broken else 0


def load(options: argparse.Namespace) -> int:
    """Brings load by itself, to the rehearsal or (with --act, below its ceiling) to a real target."""
    from conduct.commands.load import bring  # noqa: PLC0415  nothing else needs it

    run = _open(options, folder=options.run, moments=[options.moment])
    with Conducting(run, Progress()) as conducting:
        bring(conducting.run, options)
    return 0


def recover(options: argparse.Namespace) -> int:
    """Ends the payments that a dead process left open: looked up, asked for once more, cancelled. Never paid twice.

    With a live key a payment is asked for once more only where all that live payments need is there.
    """
    from conduct.open_payments import recover_open_payments  # noqa: PLC0415  the SDK is slow to import
    from fixtures.payments.ledger import LedgerUnavailable  # noqa: PLC0415

    run = _open(options, folder=options.run or _newest(options))
    if run.release.target == "real" and not run.act:
        raise NoEvidence("nothing was recovered: on a real target that cancels authorisations, so it needs --act")
    try:
        recovered = recover_open_payments(run)
    except LedgerUnavailable as unavailable:
        raise NoEvidence(f"nothing was recovered: {unavailable}") from None
    for payment in recovered:
        print(payment)
    held = sum(payment.why is not None for payment in recovered)
    print(f"{len(recovered)} open payments, {held} of them still held." if recovered else "No payment was left open.")
    return Action.HOLD.exit_code if held else 0


def matrix(options: argparse.Namespace) -> int:
    """The page directive -> check -> last verdict, as Markdown."""
    from reports import matrix as page  # noqa: PLC0415
    from reports.claims import claims  # noqa: PLC0415

    run = _open(options, folder=options.run or _newest(options))
    records = read(run.folder) if (run.folder / "journal.jsonl").exists() else []
    text = page.matrix(run.plan, records, claims(_PROJECT / "checks"))
    if options.output:
        options.output.write_text(text, "utf-8")
        print(options.output)
    else:
        print(text)
    return 0


def replay(options: argparse.Namespace) -> int:
    """Judges recorded releases again, minute by minute as if live: when gates warned and broke, what was decided."""
    from reports.replayed import replayed  # noqa: PLC0415

    return replayed(load_plan(), options.file, options.gates, as_json=options.json)


def power(options: argparse.Namespace) -> int:
    """The smallest regression that each gate can see at each stage with 80 % power, from a recording's own traffic."""
    from reports.power_table import power_table  # noqa: PLC0415

    file = options.file or (options.run or _newest(options) or Path("runs")) / OBSERVATIONS
    print(power_table(load_plan(), file, rps=options.rps, as_json=options.json))
    return 0


def publish(options: argparse.Namespace) -> int:
    """Builds page and Allure HTML of the newest run (or --run DIR) and uploads both to #ship-room."""
    from conduct.publish import publish as publish_run  # noqa: PLC0415
    from fixtures.ship_room import ShipRoom, ShipRoomUnavailable  # noqa: PLC0415

    folder = options.run or _newest(options)
    if folder is None:
        raise NotPublished("there is no run to publish; run `python -m ramp rehearse` or `pytest -m t_minus_10` first")
    run = _open(options, folder=folder)
    if run.release.target == "real" and not run.act:
        raise NotPublished("nothing was uploaded: a real #ship-room needs --act")
    with Conducting(replace(run, recorded=False), Progress()) as conducting:
        target = conducting.run.target
        token, secrets = conducting.run.secret(target.slack_token_env), conducting.run.secrets
        room = ShipRoom(target.slack_url, token, run.release.channel, secrets=secrets)
        try:
            uploaded = publish_run(folder, room, run.plan, secrets=secrets)
        except ShipRoomUnavailable as refused:
            raise NotPublished(str(refused)) from None
    kind = "the rehearsal's #ship-room" if run.release.target == "rehearsal" else "#ship-room"
    print(f"Uploaded to {kind}: {', '.join(path.name for path in uploaded)}")
    if run.release.target == "rehearsal":
        print(f"See {folder / 'ship-room'} and {folder / 'page.html'}")
    return latest(read(folder)).newest is None


def _newest(options: argparse.Namespace) -> Path | None:
    """The newest run folder of any release that has a journal."""
    journals = sorted(Path("runs").glob("*/*/journal.jsonl"), key=lambda file: file.stat().st_mtime)
    return journals[-1].parent if journals else None


def _open(options: argparse.Namespace, *, folder: Path | None, moments: list[str] | None = None) -> Run:
    known = [stage.id for stage in load_plan().stages]
    for moment in moments or []:
        if moment not in known:
            raise Invalid("--moment", [f"'{moment}' is no stage.{nearest(moment, known)} Known: {', '.join(known)}."])
    run = open_run(
        options.release,
        moments or [],
        folder=folder,
        scenario=options.scenario,
        speed=options.speed,
        act=options.act,
        live_payments=getattr(options, "live_payments", False),
    )
    if run.release.target == "rehearsal":
        loopback_only.arm()
    return run


def _options(argv: list[str]) -> argparse.Namespace:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--release", type=Path, default=Path("release.toml"), metavar="FILE")
    common.add_argument("--scenario", default="healthy", metavar="NAME", help="rehearsal: switch a fault on by name")
    common.add_argument("--speed", type=float, default=60.0, metavar="N", help="rehearsal: plan minutes a real minute")
    common.add_argument("--act", action="store_true", help="real target: allow what changes something outside")
    common.add_argument("--run", type=Path, metavar="DIR", help="the run folder (default: a new one, or the newest)")
    parser = argparse.ArgumentParser(prog="python -m ramp", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        added = commands.add_parser(
            run.__name__, parents=[common], help=(run.__doc__ or "").replace("%", "%%"), description=run.__doc__
        )
        added.set_defaults(call=run)
        return added

    command(rehearse).add_argument("pytest", nargs="*", help="further arguments for pytest, such as -v or -n 2")
    command(observe).add_argument("--moment", required=True, metavar="STAGE", help="placebo, stage_1 ... stage_100")
    command(doctor)
    loading = command(load)
    loading.add_argument("--moment", default="stage_1", metavar="STAGE", help="whose weight and hold (default stage_1)")
    loading.add_argument("--seconds", type=_positive, metavar="N", help="for how long, where not for the stage's hold")
    loading.add_argument("--per-s", type=_positive, metavar="N", help="requests a second in all (default: the plan's)")
    loading.add_argument("--workers", type=_count, default=1, metavar="N", help="processes that share the load")
    loading.add_argument("--bind", metavar="HOST:PORT", help="the workers are other machines': see docs/load.md")
    command(recover).add_argument(
        "--live-payments", action="store_true", help="real target: allow what moves real money; see docs/"
    )
    command(matrix).add_argument("--output", type=Path, metavar="FILE")
    command(publish)
    replaying = command(replay)
    replaying.add_argument("file", nargs="+", type=Path, metavar="FILE", help="observations: JSON lines, also .gz")
    replaying.add_argument("--json", action="store_true", help="one JSON object a line a file")
    replaying.add_argument(
        "--gates",
        type=_gates,
        default=DEFAULT_GATES,
        metavar="NAME,...",
        help=f"the gates that the recording must carry (default {','.join(DEFAULT_GATES)})",
    )
    seeing = command(power)
    seeing.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a recording (default: the newest run's)")
    seeing.add_argument("--rps", type=float, metavar="N", help="for this many requests a second in all, not its own")
    seeing.add_argument("--json", action="store_true", help="one JSON object")
    return parser.parse_args(argv)


def _positive(text: str) -> float:
    if not 0 < float(text) < float("inf"):
        raise ValueError(text)
    return float(text)


def _count(text: str) -> int:
    if int(text) < 1:
        raise ValueError(text)
    return int(text)


def _gates(names: str) -> tuple[str, ...]:
    of = tuple(name.strip() for name in names.split(",") if name.strip())
    for name in of:
        if name not in gates.__all__:
            raise argparse.ArgumentTypeError(
                f"no gate '{name}'.{nearest(name, gates.__all__)} Known: {', '.join(gates.__all__)}"
            )
    if not of:
        raise argparse.ArgumentTypeError("names no gate")
    return of


def main(argv: list[str] | None = None) -> int:
    """Runs one command; every foreseen failure is one line on standard error."""
    try:
        options = _options(sys.argv[1:] if argv is None else argv)
        return int(options.call(options))
    except SystemExit as usage:
        return USAGE_EXIT if usage.code == 2 else int(usage.code or 0)
    except (Invalid, RehearsalFailed, Conducted) as unusable:
        print(unusable, file=sys.stderr)
        return USAGE_EXIT
    except (NotPublished, JournalBroken, JournalBusy) as broken:
        print(broken, file=sys.stderr)
        return EVIDENCE_BROKEN_EXIT
    except (NoEvidence, LedgerUnavailable) as missing:
        print(missing, file=sys.stderr)
        return Action.HOLD.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has seen enough
        return 0
    except OSError as failed:
        print(f"a file cannot be used: {failed}", file=sys.stderr)
        return USAGE_EXIT
    except KeyboardInterrupt:
        print(f"\nInterrupted at {datetime.now(UTC):%H:%M:%SZ}: HOLD. Nothing was promoted.", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
