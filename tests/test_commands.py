"""Every command: its help has examples that can be typed, and no option that does nothing for it."""

import re
import shlex
from importlib import import_module
from pathlib import Path

import pytest

from ramp.__main__ import COMMANDS, _options, main

PROJECT = Path(__file__).parents[1]
DOCUMENTS = [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]
ELSEWHERE = ("speak(", "opened(", "named_or_newest(", "_options")  # who reads common options for a command


def examples(text):
    """What can be typed of `text`, without the prose beside it."""
    lines = [line.strip() for line in text.replace("\\\n", " ").splitlines()]
    typed = [re.split(r"\s{2,}|\s#", line)[0] for line in lines if line.startswith("python -m ramp ")]
    return [shlex.split(line.partition(" && ")[0].partition(" | ")[0])[3:] for line in typed]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_says_how_it_is_typed(command, capsys):
    assert main([command, "--help"]) == 0
    said = capsys.readouterr().out
    shown = [words for words in examples(said) if words[:1] == [command]]
    assert shown, said
    for words in shown:
        assert _options(words).command == command


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.stem)
def test_every_command_in_a_document_can_be_typed(document):
    blocks = re.findall(r"```sh\n(.*?)```", document.read_text("utf-8"), re.DOTALL)
    for words in [words for block in blocks for words in examples(block)]:
        assert _options([word.replace("...", "") for word in words]).command == words[0], words


@pytest.mark.parametrize("command", COMMANDS)
def test_each_option_of_a_command_is_read_by_it(command):
    """By its own file, or by what it hands its options to."""
    file = PROJECT / (COMMANDS[command].replace(".", "/") + ".py")
    source = file.read_text("utf-8")
    parsed = _options([command, *(["FILE"] if command in ("scan", "replay") else [])])
    common = {"release", "plan", "scenario", "speed", "act", "run", "live_payments"}
    for dest in vars(parsed).keys() - common - {"command", "call"}:
        assert f"options.{dest}" in source or f'"{dest}"' in source, dest  # init reads two of them by name
    offered = re.search(r"takes\(parser, (.*?)\)", source)
    for name in re.findall(r'"(\w+)"', offered[1]) if offered else ():
        assert f"options.{name}" in source or any(reader in source for reader in ELSEWHERE), name
    assert import_module(COMMANDS[command]).__doc__


@pytest.mark.parametrize(
    ("command", "option"),
    [
        ("status", "--live-payments"), ("status", "--act"), ("status", "--scenario=x"), ("status", "--release=x"),
        ("scan", "--release=x"), ("scan", "--run=x"), ("replay", "--act"), ("replay", "--release=x"),
        ("power", "--scenario=x"), ("hold", "--speed=60"), ("resume", "--plan=x"), ("rollback", "--act"),
        ("init", "--plan=x"), ("init", "--act"), ("matrix", "--scenario=x"), ("doctor", "--act"), ("verdict", "--act"),
        ("rehearse", "--act"), ("rehearse", "--live-payments"), ("start-time", "--speed=60"), ("anew", "--act"),
        ("publish", "--speed=60"), ("recover", "--scenario=x"),
    ],
)  # fmt: skip
def test_an_option_that_would_do_nothing_is_refused(command, option, capsys):
    assert main([command, option, *(["FILE"] if command in ("scan", "replay") else [])]) == 4
    assert f"unrecognized arguments: {option}" in capsys.readouterr().err
