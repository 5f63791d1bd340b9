"""Locust with this suite's journeys, told what to do by its command line alone: `python -m load --worker …`.

Locust also takes options from LOCUST_… variables and from locust.conf, ~/.locust.conf and pyproject.toml. One line of
them would end a load early, or leave users out, and Locust would call that success.
"""

import os
import sys
from pathlib import Path
from typing import Any, TextIO, cast

from ramp.privacy.environment import secrets_in
from ramp.privacy.masked_stream import MaskedStream
from ramp.privacy.tags import ROOT_ENV, salt_for

LOCUSTFILE = Path(__file__).with_name("locustfile.py")
_OF_LIBRARIES = ("LOCUST_", "GEVENT")


def main() -> None:
    """Locust itself, which ends this process. Another `-f` on the command line replaces our locustfile."""
    _mask()
    for name in [name for name in os.environ if name.startswith(_OF_LIBRARIES)]:
        del os.environ[name]  # before Locust is imported, which reads some of them at once
    from locust import argument_parser  # noqa: PLC0415
    from locust.main import main as locust  # noqa: PLC0415

    class CommandLineAlone(argument_parser.LocustArgumentParser):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs | {"default_config_files": []})

    argument_parser.LocustArgumentParser = CommandLineAlone  # type: ignore[misc]
    sys.argv[1:1] = ["-f", str(LOCUSTFILE)]
    locust()


def _mask() -> None:
    """What Locust says stands in the run's folder: nothing of it is secret."""
    salt_for(os.environ.get(ROOT_ENV, ""), Path.cwd().parent.name)
    secrets = secrets_in(os.environ)
    sys.stdout = cast(TextIO, MaskedStream(sys.stdout, lambda: secrets))
    sys.stderr = cast(TextIO, MaskedStream(sys.stderr, lambda: secrets))


if __name__ == "__main__":
    main()
