"""An outside monitor hears that the conductor lives, and calls somebody once it does not."""

from ramp.verdict import Colour, Verdict

_CONFIGURE = 'set [real.heartbeat] with url_env = "SHIPROOM_HEARTBEAT_URL" in the release file: see docs/traffic.md'


def judge_heartbeat(moment: str, taken: str | None) -> Verdict:
    """GREEN where the monitor has just `taken` a heartbeat, as it is said; YELLOW where none is configured."""
    if taken is None:
        why = f"nobody would be called if the conductor dies: no outside monitor is configured; {_CONFIGURE}"
        return Verdict(check="heartbeat", moment=moment, colour=Colour.YELLOW, why=why)
    return Verdict(check="heartbeat", moment=moment, colour=Colour.GREEN, why=taken)
