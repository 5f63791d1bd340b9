"""G2: the fraud rules of a ramp are those of T-10."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from ramp.fraud_rules import shown
from ramp.observation import NoEvidence, Span
from ramp.recording import Recording
from ramp.signals import FRAUD_RULES_AGREED, FRAUD_RULES_DIGEST, FRAUD_THRESHOLDS_READ
from ramp.stage_view import StageView

_INSTANT = timedelta(microseconds=1)
_T_MINUS_10 = "t_minus_10"
_PUT_BACK = "put them back, for to relax them takes the words of the SRE lead and the CEO"
_AGREED = 1.0


class FraudRulesUnchanged:
    """What was last read at T-10, or else first, by T-0, is what every look must read, or what the SRE lead and the CEO
    both signed for. What differs is seen to differ until it is put back."""

    def __init__(self) -> None:
        self._before: Mapping[str, float] | None = None

    def look(self, view: StageView) -> tuple[str, ...]:
        """What is wrong; nothing where the recording never tells of the rules. Raises NoEvidence where it does, and
        this look or every one by T-0 cannot see them."""
        if FRAUD_RULES_DIGEST not in view.recording.names("canary"):
            return ()
        if self._before is None:
            self._before = _by_t0(view)
        if not self._before:
            raise NoEvidence("the fraud rules were not read by T-0, so a change would not show", FRAUD_RULES_DIGEST)
        for name, before in self._before.items():
            now = view.recording.mean_gauge("canary", name, _at(view.as_of))
            if now != before and not (name == FRAUD_RULES_DIGEST and _both_agreed(view)):
                changed = f"digest {shown(before)} then, {shown(now)} now"
                said = changed if name == FRAUD_RULES_DIGEST else "their thresholds are not read alike"
                return (f"the fraud rules are not those of T-10 ({said}): {_PUT_BACK}",)
        return ()


def _by_t0(view: StageView) -> Mapping[str, float]:
    names = (FRAUD_RULES_DIGEST, FRAUD_THRESHOLDS_READ)
    read = [
        (frame.stage, {name: frame.gauges[name] for name in names})
        for frame in view.recording.frames("canary")
        if frame.at <= view.ramp_start and all(name in frame.gauges for name in names)
    ]
    at_t10 = [gauges for stage, gauges in read if stage == _T_MINUS_10]
    return (at_t10[-1:] or [gauges for _, gauges in read[:1]] or [{}])[0]


def _both_agreed(view: StageView) -> bool:
    """With the rules as they are at this look; a change of what is read of them nobody can sign for."""
    try:
        return view.recording.mean_gauge("canary", FRAUD_RULES_AGREED, _at(view.as_of)) == _AGREED
    except NoEvidence:
        return False


def _at(instant: datetime) -> Span:
    return Span(start=instant - _INSTANT, end=instant)


def unwatched(recording: Recording, at: datetime) -> str:
    """Why a fraud rule that is relaxed in the ramp would not be seen; empty where it would."""
    span = _at(at)
    try:
        recording.mean_gauge("canary", FRAUD_RULES_DIGEST, span)
        read = recording.mean_gauge("canary", FRAUD_THRESHOLDS_READ, span)
    except NoEvidence:
        return "the fraud rules are not read: say where they are under [real.fraud_rules]"
    return "" if read == 1 else "only lists of the fraud rules are read, thresholds not read: relaxing one is not seen"
