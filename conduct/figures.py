"""The figures of a stage's last look, for its report."""

from conduct.run import Run
from ramp.figures import Figure, figures
from ramp.observation import NoEvidence


def figures_of(run: Run, moment: str) -> tuple[Figure, ...]:
    """None of a moment without traffic, and of a stage of which no look can be judged."""
    row = run.plan.moment(moment)
    if not row.is_stage:
        return ()
    try:
        return figures(run.judged(row).view)
    except NoEvidence:
        return ()
