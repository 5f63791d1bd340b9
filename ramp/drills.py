"""The restore drill of a real target, where only its owner knows how."""

from typing import Annotated

from pydantic import model_validator

from ramp.allowed import allowed
from ramp.forms import Command, EnvironmentName
from ramp.validation import Row


class RestoreCommand(Row):
    """How a restore is tried on a system of your own: a command that restores to a scratch server and prints what it
    restored as one JSON object. What we write to the source that `source_dsn_env` names (a postgresql:// address in
    the environment) is read back from the server at `restored_dsn_env`, or at the `restored_dsn` that it prints;
    `stop_argv` then takes it down. Without a source all that it prints is its word."""

    argv: Command
    timeout_s: Annotated[float, allowed("nobody waits half a day for the database", over=0, most=43_200)] = 900
    source_dsn_env: EnvironmentName | None = None
    restored_dsn_env: EnvironmentName | None = None
    stop_argv: Command | None = None

    @model_validator(mode="after")
    def _two_servers(self) -> "RestoreCommand":
        if self.restored_dsn_env and not self.source_dsn_env:
            raise ValueError("restored_dsn_env needs source_dsn_env: what is read back must have been written first")
        if self.source_dsn_env and self.source_dsn_env == self.restored_dsn_env:
            raise ValueError("source_dsn_env and restored_dsn_env are one, so that nothing need be restored")
        return self
