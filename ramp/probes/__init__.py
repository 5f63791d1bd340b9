"""What the probes brought back -> Verdict, one function in one file for each probe."""

from ramp.probes.caps_refused import Offered, judge_caps_refused
from ramp.probes.caps_rules import Proof, judge_caps_rules
from ramp.probes.caps_target import OfferedToTarget, judge_caps_target
from ramp.probes.confirmed_in_time import Confirmed, judge_confirmed_in_time
from ramp.probes.control import judge_control
from ramp.probes.coverage import judge_coverage
from ramp.probes.dashboards import judge_dashboards
from ramp.probes.freeze import judge_freeze
from ramp.probes.heartbeat import judge_heartbeat
from ramp.probes.monitors import judge_monitors
from ramp.probes.one_pager import OnePagerSeen, judge_one_pager
from ramp.probes.payments_settle import Receipt, judge_payments_settle
from ramp.probes.posture import PostureSeen, judge_posture
from ramp.probes.prewarm import Prewarmed, hit_ratio_before_t0, judge_prewarm
from ramp.probes.redaction import judge_redaction
from ramp.probes.restore import Restored, judge_restore, pointers_of
from ramp.probes.rollback import DrillSeen, WaysBack, judge_rollback
from ramp.probes.roster import RosterSeen, judge_roster
from ramp.probes.scanner import LogSeen, Sighting, judge_scanner
from ramp.probes.stable import judge_stable
from ramp.probes.start_time import StartTimeSeen, judge_start_time
from ramp.probes.telemetry import RouteTelemetry, judge_telemetry

__all__ = [
    "Confirmed",
    "DrillSeen",
    "LogSeen",
    "Offered",
    "OfferedToTarget",
    "OnePagerSeen",
    "PostureSeen",
    "Prewarmed",
    "Proof",
    "Receipt",
    "Restored",
    "RosterSeen",
    "RouteTelemetry",
    "Sighting",
    "StartTimeSeen",
    "WaysBack",
    "hit_ratio_before_t0",
    "judge_caps_refused",
    "judge_caps_rules",
    "judge_caps_target",
    "judge_confirmed_in_time",
    "judge_control",
    "judge_coverage",
    "judge_dashboards",
    "judge_freeze",
    "judge_heartbeat",
    "judge_monitors",
    "judge_one_pager",
    "judge_payments_settle",
    "judge_posture",
    "judge_prewarm",
    "judge_redaction",
    "judge_restore",
    "judge_rollback",
    "judge_roster",
    "judge_scanner",
    "judge_stable",
    "judge_start_time",
    "judge_telemetry",
    "pointers_of",
]
