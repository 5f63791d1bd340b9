"""How well personal data and secrets are found: `python -m tests.bench.privacy --lines N --harmless N --seed N`."""

import argparse

from tests.bench.privacy.lines import harmless
from tests.bench.privacy.people import People
from tests.bench.privacy.score import TIERS, Score, planted_lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=13_000, help="lines with a planted value")
    parser.add_argument("--harmless", type=int, default=50_000, help="lines without")
    parser.add_argument("--seed", type=int, default=20261126)
    parser.add_argument("--show", type=int, default=0, help="misses and false findings to show")
    options = parser.parse_args()
    people, score = People(options.seed), Score(options.show)
    score.planted(planted_lines(people, options.lines))
    score.without(harmless(people.rng) for _ in range(options.harmless))
    kinds = sorted({kind for kind, _ in score.due})
    print(f"{'recall':<12}" + "".join(f"{tier:>10}" for tier in (*TIERS, "all")))
    for kind in (*kinds, None):
        shares = [score.recall(kind, tier) for tier in (*TIERS, None)]
        print(f"{kind or 'all':<12}" + "".join(f"{share:>10.4f}" for share in shares))
    print(f"span precision {score.right / score.spans:.4f}, exact {score.exact / sum(score.due.values()):.4f}")
    print(
        f"harmless lines flagged {score.flagged / score.harmless:.5f}, of which F2 {score.fired} of {score.harmless:,}"
    )
    print(f"false by kind: {dict(score.false)}")
    print(f"{score.lines_per_s:,.0f} lines/s of one core")


if __name__ == "__main__":
    main()
