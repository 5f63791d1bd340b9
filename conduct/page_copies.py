"""The page brought to where people find it, after it was searched for secrets."""

import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from fixtures.page_copy import NotCopied, copy_page
from ramp.published_page import PublishedPage
from reports.page import FILE
from reports.searched import UnsafeToPublish, refuse_secrets

SEARCHED = "page-copied.html"


class Copies:
    """Made aside, one at a time, so that no look waits for them."""

    def __init__(self, row: PublishedPage, folder: Path, secrets: Sequence[str]) -> None:
        self._row, self._folder, self._secrets = row, folder, tuple(secrets)
        self._aside = ThreadPoolExecutor(1)
        self._copy: Future[str | None] | None = None
        self._begun_s = -row.every_s
        self._fails = False

    def next(self) -> str | None:
        """One copy more, unless the last was begun shortly before or is not done. What is to be said of those before:
        once that they fail, and why, and once that they no longer do."""
        if (self._copy and not self._copy.done()) or time.monotonic() - self._begun_s < self._row.every_s:
            return None
        failed = self._copy.result() if self._copy else None
        begins, ends = failed is not None and not self._fails, self._copy is not None and failed is None and self._fails
        self._fails = failed is not None
        self._begun_s, self._copy = time.monotonic(), self._aside.submit(self._copied)
        if begins:
            return failed
        return "the page is copied again" if ends else None

    def close(self) -> None:
        self._aside.shutdown(cancel_futures=True)

    def _copied(self) -> str | None:
        return copied(self._row, self._folder, self._secrets)


def copied(row: PublishedPage, folder: Path, secrets: Sequence[str]) -> str | None:
    """Copies the page of `folder`, as it was searched for secrets: None, or why it was not."""
    try:
        html = (folder / FILE).read_text("utf-8")
        refuse_secrets(FILE, html, tuple(secrets))
        searched = folder / SEARCHED
        searched.write_text(html, "utf-8")
        copy_page(row, searched, secrets)
    except (OSError, NotCopied, UnsafeToPublish) as failed:
        return str(failed)
    return None
