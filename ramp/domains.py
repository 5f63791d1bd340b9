"""B2: the domains of a release, each with a DRI and a backup in the roster, and whose each check is."""

from collections.abc import Iterable, Iterator

from ramp.forms import Text
from ramp.plan_rows import Names
from ramp.sourced_row import SourcedRow
from ramp.validation import nearest


class Domains(SourcedRow):
    """`checks` are each domain's; the domain `shared` answers for what several of them miss at once."""

    names: Names
    shared: Text
    checks: dict[str, Names]

    def of(self, checks: Iterable[str]) -> str:
        """The domain of `checks`: the one that has all of them, else `shared`."""
        domains = {domain for check in checks for domain, names in self.checks.items() if check in names}
        return domains.pop() if len(domains) == 1 else self.shared

    def problems(self, checks: Iterable[str]) -> Iterator[str]:
        """What is wrong with the rows, where the plan has these `checks`: each belongs to one domain that is named."""
        known = list(checks)
        for place, domain in [("shared", self.shared), *((f"checks.{domain}", domain) for domain in self.checks)]:
            if domain not in self.names:
                yield f"domains.{place}: is none of names.{nearest(domain, self.names)} Known: {', '.join(self.names)}."
        listed = [check for names in self.checks.values() for check in names]
        for check in listed:
            if check not in known:
                yield f"domains.checks: no such check '{check}'.{nearest(check, known)} Known: {', '.join(known)}."
        for check in known:
            if listed.count(check) != 1:
                yield f"domains.checks: '{check}' stands in {listed.count(check) or 'none'} of them, not in one."
