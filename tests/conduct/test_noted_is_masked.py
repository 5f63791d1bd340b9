"""What a run notes beside its journal, and what a command says when it fails, holds no secret and nothing personal."""

from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from ramp.__main__ import main
from tests.samples import untagged

KEY = "kingfisher/2026+release"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "kind"), [(KEY, "TOKEN"), (quote(KEY, safe=""), "TOKEN"), ("maria.lopez@example.org", "EMAIL")]
)
def test_why_a_stage_was_unsound_and_what_a_source_said_are_masked(rehearsed, written, kind):
    run = rehearsed(secrets={"STRIPE_API_KEY": KEY})
    run.note_observed("stage_10", NOW, f"the page says {written}", [f"https://x/?a={written}: no answer"])
    run.stop_payments(f"the processor says {written}")
    noted = "".join(file.read_text() for file in run.folder.iterdir() if file.is_file())

    assert written not in noted and f"the page says [{kind}]" in untagged(noted)
    assert untagged(run.payments_stopped) == f"the processor says [{kind}]"
    assert [untagged(said) for said in run.source_problems("stage_10")] == [f"https://x/?a=[{kind}]: no answer"]


def test_a_command_that_fails_quotes_no_personal_data(capsys, tmp_path):
    assert (
        main(["replay", str(tmp_path / "maria.lopez@example.org" / "x.jsonl"), "--plan", "/nowhere/a@example.org"]) == 4
    )

    said = capsys.readouterr().err
    assert "@example.org" not in said and "/nowhere/[EMAIL]" in untagged(said)
