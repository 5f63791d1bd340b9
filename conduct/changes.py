"""What a run may change outside the suite, and what is said where it may not. `Site.may` decides."""

from typing import Literal

Change = Literal[
    "post and page", "upload", "bring load", "pay", "restore", "recover payments",
    "set the weight", "end payments", "exceed the caps", "try the caps", "drill the rollback",
    "send a test page", "close out",
]  # fmt: skip
# What people are told by: a token that is configured is consent, and without one nothing can be sent.
TELLING: tuple[Change, ...] = ("post and page", "upload")
# What a real target is changed by with --act only, and what is said without; the rest never happens to one.
WITHOUT_ACT: dict[Change, str] = {
    "bring load": "load would change something on a real target: run with --act to allow it",
    "pay": "payments would change something on a real target: run with --act to allow it",
    "restore": "the restore drill would change something on a real target: run with --act to allow it",
    "end payments": "on a real target open payments are ended with --act only: python -m ramp recover --act",
    "try the caps": "a charge over the caps is offered to trial_url with --act only",
    "drill the rollback": "on a real system the rollback is drilled with --act only: python -m ramp drill --act",
    "send a test page": "DRIs are sent a test page on a real target with --act only",
    "close out": "on a real system caps are lifted and the lock is removed with --act only: python -m ramp close --act",
    "recover payments": "nothing was recovered: on a real target that cancels authorisations, so it needs --act",
}
