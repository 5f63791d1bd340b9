"""Made-up people of many countries, and made-up secrets of each issuer's form: what is planted in log lines."""

import base64
import random
import string
from collections.abc import Callable
from dataclasses import dataclass

from faker import Faker

LOCALES = (
    "en_US", "en_GB", "en_CA", "en_AU", "de_DE", "fr_FR", "es_ES", "es_MX", "it_IT", "pt_BR", "nl_NL", "pl_PL", "sv_SE",
    "da_DK", "cs_CZ", "fi_FI", "en_IN", "no_NO",
)  # fmt: skip


@dataclass(frozen=True)
class Planted:
    """A value and its kind; `needs_key` is whether nothing but its name tells what it is."""

    kind: str
    value: str
    needs_key: bool = False


class People:
    """Values from one seed, so that a corpus can be made again."""

    def __init__(self, seed: int, locales: tuple[str, ...] = LOCALES) -> None:
        self.rng = random.Random(seed)  # noqa: S311  a corpus is no secret
        self._fakers = []
        for number, locale in enumerate(locales):
            faker = Faker(locale)
            faker.seed_instance(seed * 100 + number)
            self._fakers.append(faker)
        self._us = self._fakers[0]

    def _any(self) -> Faker:
        return self.rng.choice(self._fakers)

    def email(self) -> Planted:
        faker = self._any()
        return Planted(
            "EMAIL", self.rng.choice((faker.email, faker.free_email, faker.safe_email, faker.company_email))()
        )

    def phone(self) -> Planted:
        shape = self.rng.random()
        if shape < 0.4:
            return Planted("PHONE", self._any().phone_number(), needs_key=True)
        if shape < 0.7:
            return Planted("PHONE", "+" + self.rng.choice((
                f"1{self.rng.randint(201, 989)}{self.rng.randint(2000000, 9999999)}",
                f"44 20 {self.rng.randint(7000, 8999)} {self.rng.randint(1000, 9999)}",
                f"49 {self.rng.randint(151, 179)} {self.rng.randint(1000000, 99999999)}",
                f"33 6 {' '.join(f'{self.rng.randint(0, 99):02}' for _ in range(4))}",
                f"34{self.rng.randint(600000000, 699999999)}", f"91-{self.rng.randint(7000000000, 9999999999)}",
            )))  # fmt: skip
        area, middle, last = self.rng.randint(201, 989), self.rng.randint(200, 999), self.rng.randint(0, 9999)
        return Planted(
            "PHONE", self.rng.choice(("({}) {}-{:04}", "{}-{}-{:04}", "{}.{}.{:04}")).format(area, middle, last)
        )

    def ssn(self) -> Planted:
        value = self._us.ssn()
        return (
            Planted("SSN", value) if self.rng.random() < 0.6 else Planted("SSN", value.replace("-", ""), needs_key=True)
        )

    def pan(self) -> Planted:
        number = self._us.credit_card_number(self.rng.choice(("visa16", "mastercard", "amex", "discover")))
        groups = (4, 6, 5) if len(number) == 15 else (4, 4, 4, 4)
        if self.rng.random() < 0.3:
            parts, at = [], 0
            for length in groups:
                parts.append(number[at : at + length])
                at += length
            number = self.rng.choice(" -").join(parts)
        return Planted("PAN", number)

    def ip(self) -> Planted:
        return Planted(
            "IP", self._us.ipv4_public() if self.rng.random() < 0.85 else f"2001:{self._us.ipv6().partition(':')[2]}"
        )

    def name(self) -> Planted:
        faker = self._any()
        return Planted("NAME", f"{faker.first_name()} {faker.last_name()}", needs_key=True)

    def first_name(self) -> Planted:
        return Planted("NAME", self._any().first_name())

    def address(self) -> Planted:
        faker = self._any()
        made = faker.street_address() if self.rng.random() < 0.4 else faker.address()
        return Planted("ADDRESS", made.replace("\n", ", "), needs_key=True)

    def dob(self) -> Planted:
        born = self._us.date_of_birth(minimum_age=5, maximum_age=70)
        form = self.rng.choice(
            ("%Y-%m-%d", "%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d %B %Y", "%b %d, %Y", "%Y/%m/%d", "%Y%m%d")
        )
        return Planted("DOB", born.strftime(form), needs_key=True)

    def student_id(self) -> Planted:
        form = self.rng.choice(("S#######", "########", "STU-#####", "20##-####", "A########", "stu####", "??######"))
        return Planted("STUDENT_ID", self._us.bothify(form).upper(), needs_key=True)

    def device_id(self) -> Planted:
        made = self.rng.choice((
            lambda: self._us.uuid4().upper(), self._us.mac_address, lambda: f"{self.rng.getrandbits(64):016x}",
            lambda: self._us.bothify("??##########").upper(),
        ))  # fmt: skip
        return Planted("DEVICE_ID", made(), needs_key=True)

    def token(self) -> Planted:
        return Planted("TOKEN", self.rng.choice(SECRETS)(self.rng))

    def password(self) -> Planted:
        return Planted("TOKEN", self._us.password(length=self.rng.randint(8, 20), special_chars=False), needs_key=True)


def _of(rng: random.Random, length: int, alphabet: str = string.ascii_letters + string.digits) -> str:
    return "".join(rng.choices(alphabet, k=length))


def _jwt(rng: random.Random) -> str:
    def part(text: str) -> str:
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    return (
        f"{part(chr(123) + chr(34) + 'alg' + chr(34) + ':1}')}.{part(chr(123) + chr(34) + _of(rng, 30))}.{_of(rng, 43)}"
    )


_HEX, _UPPER = "0123456789abcdef", string.ascii_uppercase + string.digits
SECRETS: tuple[Callable[[random.Random], str], ...] = (
    lambda rng: f"sk_live_{_of(rng, 24)}",
    lambda rng: f"rk_test_{_of(rng, 24)}",
    lambda rng: f"whsec_{_of(rng, 32)}",
    lambda rng: f"xoxb-{rng.randint(10**10, 10**12)}-{rng.randint(10**10, 10**12)}-{_of(rng, 24)}",
    lambda rng: f"https://hooks.slack.com/services/T{_of(rng, 8, _UPPER)}/B{_of(rng, 8, _UPPER)}/{_of(rng, 24)}",
    lambda rng: f"ghp_{_of(rng, 36)}",
    lambda rng: f"github_pat_{_of(rng, 22)}_{_of(rng, 59)}",
    lambda rng: f"glpat-{_of(rng, 20)}",
    lambda rng: f"AKIA{_of(rng, 16, string.ascii_uppercase + '234567')}",
    lambda rng: f"AIza{_of(rng, 35)}",
    lambda rng: f"sk-proj-{_of(rng, 48)}7",
    lambda rng: f"sk-ant-api03-{_of(rng, 80)}1-{_of(rng, 6)}AA",
    lambda rng: f"npm_{_of(rng, 36)}",
    lambda rng: f"SG.{_of(rng, 22)}.{_of(rng, 43)}",
    _jwt,
)
