"""Builds page and Allure HTML of the newest run (or --run DIR) and uploads both to #ship-room."""

from argparse import ArgumentParser, Namespace
from dataclasses import replace

from conduct.commands.opening import newest, opened
from conduct.conducting import Conducting
from conduct.publish import NotPublished, publish
from fixtures.ship_room import ShipRoom, ShipRoomUnavailable
from reports.journal import latest, read
from reports.progress import Progress


def add_arguments(parser: ArgumentParser) -> None:
    """None of its own."""


def run(options: Namespace) -> int:
    """1 where the run has no verdict. Raises NotPublished."""
    folder = options.run or newest()
    if folder is None:
        raise NotPublished("there is no run to publish; run `python -m ramp rehearse` or `pytest -m t_minus_10` first")
    run = opened(options, folder=folder)
    if run.release.target == "real" and not run.act:
        raise NotPublished("nothing was uploaded: a real #ship-room needs --act")
    with Conducting(replace(run, recorded=False), Progress()) as conducting:
        target = conducting.run.target
        token, secrets = conducting.run.secret(target.slack_token_env), conducting.run.secrets
        room = ShipRoom(target.slack_url, token, run.release.channel, secrets=secrets)
        try:
            uploaded = publish(folder, room, run.plan, secrets=secrets)
        except ShipRoomUnavailable as refused:
            raise NotPublished(str(refused)) from None
    kind = "the rehearsal's #ship-room" if run.release.target == "rehearsal" else "#ship-room"
    print(f"Uploaded to {kind}: {', '.join(path.name for path in uploaded)}")
    if run.release.target == "rehearsal":
        print(f"See {folder / 'ship-room'} and {folder / 'page.html'}")
    return latest(read(folder)).newest is None
