"""What each check claims, in its own words: the docstrings of checks/."""

import ast
from pathlib import Path


def claims(folder: Path) -> dict[str, str]:
    """Check id -> the sentence that its test states."""
    found = {}
    for file in sorted(folder.glob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef):
                for check in _marked(node):
                    found[check] = ast.get_docstring(node) or ""
    return found


def _marked(function: ast.FunctionDef) -> list[str]:
    """The ids in `@pytest.mark.check("id")`."""
    calls = [decorator for decorator in function.decorator_list if isinstance(decorator, ast.Call)]
    return [
        argument.value
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr == "check"
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]
