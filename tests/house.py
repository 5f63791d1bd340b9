"""The rules of the house, each a function over a project's folder that gives a sentence for every breach of it."""

import ast
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOMS = ("ramp", "conduct", "fixtures", "reports", "load", "checks")
# What each room may import, third parties included; a name stands for itself and all below it. "stdlib" is all of it.
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "ramp": (
        "ramp", "pydantic", "stdnum", "base64", "binascii", "bisect", "collections", "copy", "dataclasses", "datetime",
        "difflib", "enum", "fractions", "functools", "hashlib", "heapq", "hmac", "html", "ipaddress", "itertools",
        "json", "math", "operator", "re", "statistics", "sys", "tomllib", "typing", "unicodedata",
        "urllib.parse", "zoneinfo",
    ),
    "fixtures": (
        "fixtures", "ramp", "stdlib", "aiohttp", "dulwich", "http_sf", "jsonschema", "multidict", "openapi_core",
        "prometheus_client", "psutil", "psycopg", "pydantic", "pytest", "referencing", "requests", "slack_sdk",
        "stripe", "urllib3",
    ),
    "reports": (
        "reports", "ramp", "stdlib", "allure", "allure_commons", "attr", "jinja2", "markupsafe", "pytest", "rich",
    ),
    "load": (
        "load", "ramp", "fixtures.payments", "fixtures.loopback_only", "stdlib", "gevent", "geventhttpclient", "locust",
    ),
    "conduct": (
        "conduct", "fixtures", "load", "ramp", "reports", "stdlib", "filelock", "pydantic.SecretStr", "pytest", "rich",
        "stripe",
    ),
    "checks": (
        "checks", "ramp", "collections", "hypothesis", "pytest",
        "fixtures.database.RestoreFailed", "fixtures.payments.ledger.LedgerUnavailable",
        "fixtures.payments.ledger.CapLedger", "fixtures.payments.scratch_ledgers.Made",  # what the caps' rules are of
    ),
    # These two compose.
    "ramp/__main__.py": ("conduct", "ramp", "reports", "stdlib", "fixtures.payments.store.LedgerUnavailable"),
    "conftest.py": ("_pytest", "conduct", "ramp", "reports", "stdlib", "pytest"),
}  # fmt: skip
REHEARSAL = "fixtures.rehearsal"
REHEARSED_BY = (
    "fixtures/rehearsal/", "conduct/rehearsed_site.py", "conduct/which_site.py",
    "conduct/detecting.py", "conduct/gate_drill.py",  # the drill of gates rehearses its scenarios
)  # fmt: skip
# Only these import what a literal table or the user's machine names.
IMPORT_BY_NAME = ("ramp/__main__.py", "fixtures/sources/contract.py", "fixtures/postgres_binaries.py")
CLOCKS = ("now", "utcnow", "today")
NAMED_CLOCKS = tuple(f"{of}.{clock}" for of in ("date", "datetime") for clock in CLOCKS)
STREAMS = ("sys.std", "sys.argv", "sys.exit")
BUILTINS = {"open", "print", "input", "exec", "eval", "compile", "__import__"}
FILE_LINES_MAX, TEST_FILE_LINES_MAX, FUNCTION_LINES_MAX = 260, 360, 60
# Larger when the rule was made; each may only shrink.
GROWN = {
    "fixtures/rehearsal/app.py": 263,
    "tests/fixtures/test_load.py": 361,
    "tests/fixtures/test_payer.py": 441,
    "tests/rehearsal/test_app.py": 380,
}


def imports_are_allowed(project: Path) -> list[str]:
    """Every import is on the list of its room: ramp knows nobody, fixtures and reports know ramp, conduct knows all."""
    found = []
    for name, file in _files(project):
        allowed = MAY_IMPORT.get(name) or MAY_IMPORT[name.split("/")[0]]
        found += [f"{name} imports {each}" for each, _ in _imports(file) if not _is_under(each, allowed)]
    return found


def only_the_site_knows_the_rehearsal(project: Path) -> list[str]:
    """Which system is released must make no difference to anybody but the site."""
    return [
        f"{name} imports {each}"
        for name, file in _files(project)
        for each, _ in _imports(file)
        if each.startswith(REHEARSAL) and not name.startswith(REHEARSED_BY)
    ]


def imports_have_names(project: Path) -> list[str]:
    """What is imported by a string goes past the other rules."""
    return [
        f"{name} imports {each}"
        for name, file in _files(project)
        for each, _ in _imports(file)
        if each.startswith("importlib") and name not in IMPORT_BY_NAME
    ]


def imports_go_in_no_circle(project: Path) -> list[str]:
    """Also not inside functions, nor for types alone unless within a room."""
    files = dict(_files(project))
    modules = {_module(name): name for name in files}
    graph: dict[str, set[str]] = {}
    for module, name in modules.items():
        named = {(_nearest(each, modules), for_types) for each, for_types in _imports(files[name])}
        room = module.split(".")[0]
        graph[module] = {
            other for other, for_types in named
            if other and other != module and not (for_types and other.split(".")[0] == room)
        }  # fmt: skip
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        return [" <- ".join(circle.args[1])]
    return []


def ramp_is_pure(project: Path) -> list[str]:
    """No clock, no file, nothing printed: time, texts and numbers come in as arguments."""
    found = []
    for name, file in _files(project):
        if not name.startswith("ramp/") or name == "ramp/__main__.py":
            continue
        for node in ast.walk(_tree(file)):
            if isinstance(node, ast.Name | ast.Attribute | ast.Call) and (used := _impure(node)):
                found.append(f"{name}, line {node.lineno} uses {used}")
    return found


def _impure(node: ast.Name | ast.Attribute | ast.Call) -> str | None:
    """What is impure about `node`: a clock that is asked, or named to be asked later, a file, a stream."""
    if isinstance(node, ast.Name):
        return node.id if node.id in BUILTINS else None
    if isinstance(node, ast.Call):
        asks = isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS
        return ast.unparse(node.func) if asks and not _impure(node.func) else None
    text = ast.unparse(node)
    return text if (text.startswith(STREAMS) and text.count(".") == 1) or text.endswith(NAMED_CLOCKS) else None


def checks_never_skip(project: Path) -> list[str]:
    """A skip leaves the pass rate's denominator: what cannot be judged is NO DATA. And nothing waits in a check."""
    return [
        f"{name} says {word}"
        for name, file in _files(project)
        for word in ("skip", "xfail", "sleep")
        if name.startswith("checks/") and word in file.read_text("utf-8")
    ]


def files_stay_small(project: Path) -> list[str]:
    """A file that outgrows a few screens holds more than one concept."""
    found = []
    for name, file in _files(project, *ROOMS, "tests"):
        lines = len(file.read_text("utf-8").splitlines())
        most = GROWN.get(name, TEST_FILE_LINES_MAX if name.startswith("tests/") else FILE_LINES_MAX)
        found += [f"{name} has {lines} lines, at most {most}"] if lines > most else []
    return found


def functions_fit_a_screen(project: Path) -> list[str]:
    """Tests included."""
    found = []
    for name, file in _files(project, *ROOMS, "tests"):
        for node in ast.walk(_tree(file)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                said = f"{name}: {node.name} has {lines} lines, at most {FUNCTION_LINES_MAX}"
                found += [said] if lines > FUNCTION_LINES_MAX else []
    return found


def nothing_shadows_its_module(project: Path) -> list[str]:
    """A package binds no name of one of its own modules: `ramp.gates.cost` is the file, whoever asks."""
    found = []
    for name, file in _files(project):
        if file.name == "__init__.py":
            modules = {beside.stem for beside in file.parent.glob("*.py")}
            froms = [node for node in ast.walk(_tree(file)) if isinstance(node, ast.ImportFrom)]
            bound = {of.asname or of.name for node in froms if node.module != _module(name) for of in node.names}
            found += [f"{name} binds '{each}', which is a module beside it" for each in sorted(bound & modules)]
    return found


RULES = (
    imports_are_allowed,
    only_the_site_knows_the_rehearsal,
    imports_have_names,
    imports_go_in_no_circle,
    ramp_is_pure,
    checks_never_skip,
    files_stay_small,
    functions_fit_a_screen,
    nothing_shadows_its_module,
)


def _files(project: Path, *folders: str) -> Iterator[tuple[str, Path]]:
    """Each file of the rooms, by its name within the project, and conftest.py."""
    for folder in folders or ROOMS:
        for file in sorted((project / folder).rglob("*.py")):
            yield file.relative_to(project).as_posix(), file
    if not folders and (project / "conftest.py").exists():
        yield "conftest.py", project / "conftest.py"


def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


def _imports(file: Path) -> Iterator[tuple[str, bool]]:
    """Everything that `file` imports, wherever in it, and whether that is for types alone."""
    tree = _tree(file)
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((name.name, id(node) in for_types) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from ((f"{module}.{name.name}", id(node) in for_types) for name in node.names)


def _is_under(imported: str, allowed: tuple[str, ...]) -> bool:
    if "stdlib" in allowed and imported.split(".", maxsplit=1)[0] in sys.stdlib_module_names:
        return True
    return any(imported == name or imported.startswith(f"{name}.") for name in allowed)


def _module(name: str) -> str:
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _nearest(imported: str, modules: dict[str, str]) -> str | None:
    """The module that `imported` is, or is a name of; None where it is none of ours."""
    while imported not in modules and "." in imported:
        imported = imported.rpartition(".")[0]
    return imported if imported in modules else None
