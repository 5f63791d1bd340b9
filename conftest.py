"""Wiring only: options, markers and parameters from the plan, and what the controller does before and after checks."""

import os
import signal
import sys
from collections.abc import Generator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.mark.expression import Expression

from conduct.known_secrets import KnownSecrets
from conduct.masked_output import masked_output
from conduct.options import speed
from conduct.run import PLAN_FILE, Run, load_plan, open_run
from conduct.run_folder import must_be_usable, must_have_been_observed
from conduct.selected import must_be_known, must_select, nothing_judged
from ramp.decision import Action
from ramp.privacy.environment import secrets_in
from ramp.privacy.masking import scrub
from ramp.validation import Invalid
from reports import allure_results
from reports.masked_junit import MaskedJUnit
from reports.masked_log import masked_log
from reports.masked_reports import mask_reports
from reports.verdicts import LABELS, check_of

if TYPE_CHECKING:
    from conduct.under_pytest import Controller

RUN = pytest.StashKey[Run]()
KNOWN = pytest.StashKey[KnownSecrets]()
CONTROLLER: pytest.StashKey["Controller"] = pytest.StashKey()
pytest_plugins = ["fixtures.pytest_fixtures", "fixtures.ready_fixtures", "reports.pytest_words"]


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    missing = [name for name in ("allure_pytest", "xdist") if not pluginmanager.hasplugin(name)]
    if missing:
        said = " and ".join(missing)
        raise pytest.UsageError(f"the suite does not run without {said}: leave out -p no:{missing[0]}")
    group = parser.getgroup("shiproom", "release verification")
    group.addoption("--release", type=Path, default=Path("release.toml"), metavar="FILE", help="this release's facts")
    group.addoption("--plan", type=Path, default=PLAN_FILE, metavar="FILE", help="the directive (ramp/plan.toml)")
    group.addoption("--scenario", default="healthy", metavar="NAME", help="rehearsal: switch a fault on by name")
    group.addoption("--speed", metavar="N", help="plan minutes a real minute (rehearsal: 60)")
    group.addoption("--act", action="store_true", help="real target: allow traffic, money, restores and load")
    group.addoption("--live-payments", action="store_true", help="real target: pay with real money; see docs/")
    group.addoption("--run", type=Path, metavar="DIR", help="judge in this run folder instead of a new one")
    group.addoption("--conducted-by", type=int, metavar="PID", help="only judge, for this process, which concludes")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    try:
        plan = load_plan(config.getoption("--plan"))
        moments = _chosen(config, [moment.id for moment in plan.moments])
        for moment in plan.moments:
            config.addinivalue_line("markers", f"{moment.id}: {moment.explains} ({moment.source})")
        config.addinivalue_line(
            "markers", "check(id): a check of the plan; it runs at each of the plan's moments for it"
        )
        worker = getattr(config, "workerinput", None)
        if not moments:
            return
        if config.getoption("--run") and not worker:
            must_be_usable(config.getoption("--run"))
        run = open_run(
            config.getoption("--release"),
            moments,
            plan_file=config.getoption("--plan"),
            folder=Path(worker["run_folder"]) if worker else config.getoption("--run"),
            scenario=config.getoption("--scenario"),
            speed=speed(said) if (said := config.getoption("--speed")) else None,
            act=config.getoption("--act"),
            live_payments=worker["live_payments"] if worker else _asked_for_live_payments(config),
        )
        run.site.confine()
        if not worker and config.getoption("--run"):
            must_have_been_observed(run, moments)
    except Invalid as invalid:
        raise _usage_error(invalid) from None
    if config.option.setuponly:  # --setup-plan too
        raise pytest.UsageError("--setup-only would pay and restore, and judges nothing: list the checks with --co")
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args = [str(config.rootpath / "checks")]
    config.stash[RUN] = run
    config.stash[KNOWN] = _masked(config, run)
    config.stash[LABELS] = run.plan, run.release
    config.addinivalue_line("filterwarnings", "default")  # a library's warning is no verdict on a release
    if worker:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all of a terminal's group: the controller ends us
        config.option.allure_report_dir = worker["allure_folder"]
    elif not config.option.collectonly:
        from conduct.under_pytest import Controller  # noqa: PLC0415  workers and the suite's own tests do without

        config.option.allure_report_dir = config.option.allure_report_dir or str(run.folder / "allure-results")
        controller = config.stash[CONTROLLER] = Controller(config, run, moments, config.getoption("--conducted-by"))
        config.pluginmanager.register(controller, "shiproom-controller")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> Generator[None, int | None, int | None]:
    """A command that names a moment and judges nothing, such as with --co or --fixtures, is no CONTINUE."""
    status = yield
    judged = CONTROLLER in config.stash and config.stash[CONTROLLER].has_concluded
    if RUN not in config.stash or hasattr(config, "workerinput") or judged:
        return status
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED):
        return status
    plan = config.stash[RUN].plan
    moments = _chosen(config, [moment.id for moment in plan.moments])
    print(nothing_judged(plan, moments, config.option.keyword), file=sys.stderr)
    return Action.HOLD.exit_code


@pytest.hookimpl(trylast=True, specname="pytest_configure")
def pytest_configure_names(config: pytest.Config) -> None:
    """Every plugin has told its markers by now."""
    if not config.option.markexpr:
        return
    markers = [line.partition(":")[0].partition("(")[0].strip() for line in config.getini("markers")]
    moments = [moment.id for moment in load_plan(config.getoption("--plan")).moments]
    try:
        must_be_known(config.option.markexpr, _read(config.option.markexpr).idents(), markers, moments)
    except Invalid as invalid:
        raise _usage_error(invalid) from None


@pytest.hookimpl(trylast=True, specname="pytest_configure")
def pytest_configure_masking(config: pytest.Config) -> None:
    if RUN in config.stash:
        known = config.stash[KNOWN]
        allure_results.install_masking(config, known)
        mask_reports(config, known)
        if config.option.xmlpath:
            config.pluginmanager.register(MaskedJUnit(Path(config.option.xmlpath), known), "shiproom-masked-junit")


def _usage_error(invalid: Invalid) -> pytest.UsageError:
    """Nothing is masked on its way yet, and what is wrong may quote a file."""
    return pytest.UsageError(scrub(str(invalid), secrets_in(os.environ)))


def _masked(config: pytest.Config, run: Run) -> KnownSecrets:
    """From here on what this process says and logs is masked by what is given back. Raises UsageError where checks'
    output would be shown before it is."""
    if config.getoption("capture", "no") != "fd":
        raise pytest.UsageError(
            "-s and --capture would show unmasked what checks print: leave them out, and see it with -rA"
        )
    known = KnownSecrets(run)
    while_it_runs = ExitStack()
    while_it_runs.enter_context(masked_output(known))
    while_it_runs.enter_context(masked_log(known))
    config.add_cleanup(while_it_runs.close)
    return known


def _asked_for_live_payments(config: pytest.Config) -> bool:
    """Whether the command itself says --live-payments. Raises UsageError where only PYTEST_ADDOPTS or a settings file
    does: real money moves for nobody who did not type it."""
    typed = list(map(str, config.invocation_params.args))
    typed = typed[: typed.index("--")] if "--" in typed else typed
    asked = bool(config.getoption("--live-payments"))
    if asked and "--live-payments" not in typed:
        raise pytest.UsageError(
            "--live-payments stands in PYTEST_ADDOPTS, addopts or another file; take it out there, and type it on the "
            "command line where real money is to move"
        )
    return asked


def _chosen(config: pytest.Config, moments: list[str]) -> list[str]:
    """The moments that `-m` selects by themselves. Checks need at least one: without it they are not collected. Raises
    Invalid for an expression that cannot be read, or that names moments and selects none."""
    if not config.option.markexpr:
        return []
    expression = _read(config.option.markexpr)
    chosen = [moment for moment in moments if expression.evaluate(partial(_is, moment))]
    must_select(config.option.markexpr, expression.idents(), chosen, moments)
    return chosen


def _read(markexpr: str) -> Expression:
    """Raises Invalid."""
    try:
        return Expression.compile(markexpr)
    except SyntaxError as error:
        such_as = "write it as in -m stage_50 or -m 'stage_1 or stage_10'"
        raise Invalid("-m", [f"'{markexpr}' cannot be read ({error.msg}); {such_as}"]) from None


def _is(moment: str, name: str, /, **_: str | int | bool | None) -> bool:
    return name == moment


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """An xdist worker judges in the controller's folder, and puts Allure's results where the controller's go."""
    if RUN in node.config.stash:
        node.workerinput["run_folder"] = str(node.config.stash[RUN].folder)
        node.workerinput["live_payments"] = node.config.stash[RUN].site.live_payments
        node.workerinput["allure_folder"] = node.config.option.allure_report_dir


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A check gets one test for each of its moments, marked with it."""
    marker = metafunc.definition.get_closest_marker("check")
    if marker is None:
        return
    plan = load_plan(metafunc.config.getoption("--plan"))
    if marker.args[0] not in plan.checks:
        raise pytest.UsageError(f"{metafunc.definition.nodeid}: the plan has no check '{marker.args[0]}'")
    moments = plan.moments_of(marker.args[0])
    parameters = [pytest.param(moment, id=moment, marks=getattr(pytest.mark, moment)) for moment in moments]
    metafunc.parametrize("moment", parameters, indirect=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A check outside of a moment would judge nothing."""
    if RUN not in config.stash and not config.option.collectonly and any(check_of(item) for item in items):
        raise pytest.UsageError("checks run at a moment: choose one with -m, for example pytest -m stage_50")


@pytest.fixture(scope="session")
def run(pytestconfig: pytest.Config) -> Run:
    """This run, with the system that the conductor started."""
    return pytestconfig.stash[RUN].joined()
