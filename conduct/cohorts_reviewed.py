"""I4: the figures of the cohort review, from an export, as often as there is a newer one."""

from hashlib import sha256
from pathlib import Path

from conduct.journal import Journal
from conduct.run import Run
from fixtures.cohort_export import read_export
from ramp.cohorts import DAYS, USER, cohorts, days_of
from reports import cohort_review


def review_cohorts(run: Run, journal: Journal, export: Path) -> str:
    """Writes them into the run's folder; what to look at. Raises Invalid for an export that cannot be compared."""
    steps, rows = read_export(export)
    users = {slice: cohort.users for slice, cohort in cohorts(rows).items()}
    left_out, days = sum(row.traffic != USER for row in rows), days_of(rows)
    digest, now = sha256(export.read_bytes()).hexdigest(), run.site.clock.now()
    journal.append("cohorts_seen", now, sha256=digest, days=days, users=users, left_out=left_out)
    file = run.folder / cohort_review.FIGURES_FILE
    file.write_text(cohort_review.figures(run.release.version, steps, rows), "utf-8")
    return f"{file} has {days} of {DAYS} days of {sum(users.values()):,} users"
