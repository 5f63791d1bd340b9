"""How somebody is asked who answers not everybody: what the release file says of headers, TLS, proxy and bounds."""

import re
from collections.abc import Iterable
from typing import Annotated

from pydantic import Field, model_validator

from ramp.allowed import allowed
from ramp.forms import EnvironmentName, FilePath, HeaderName, HeaderValue, Url
from ramp.privacy.masking import scrub
from ramp.validation import Row

TimeoutS = Annotated[float, allowed("nobody waits for a page that long", over=0, most=60)]
Bytes = Annotated[int, Field(ge=1_000, le=500_000_000)]
# Headers that say who asks, whatever they hold; and those that frame a request, which are not for a file to say.
_TELLS_WHO = re.compile(r"(?i).*(auth|cookie|token|secret|passw|credential|api-?key|session|signature).*")
_FRAMES = ("host", "content-length", "transfer-encoding", "connection", "content-type", "upgrade", "te", "expect")
# Long, of letters and digits alike, and no word: nobody writes such a value but a machine that made a key.
_LIKE_A_KEY = re.compile(r"(?i)(bearer|basic|digest|token) +\S+|(?=[^ ]*[0-9])(?=[^ ]*[a-z])[a-z0-9+/=_.~-]{20,}")


class Access(Row):
    """Secrets are names of environment variables, here and in every message: `headers` are plain ones, `headers_env`
    those of which a variable holds the value. None goes anywhere but to the address itself: redirects are not followed.
    `timeout_s` and `bytes_max` bound each answer, in place of what is usual for it."""

    headers: dict[HeaderName, HeaderValue] = {}
    headers_env: dict[HeaderName, EnvironmentName] = {}
    bearer_env: EnvironmentName | None = None
    user_env: EnvironmentName | None = None
    password_env: EnvironmentName | None = None
    ca_file: FilePath | None = None
    client_certificate: FilePath | None = None
    client_key: FilePath | None = None
    proxy_url: Url | None = None
    timeout_s: TimeoutS | None = None
    bytes_max: Bytes | None = None

    @property
    def secret_envs(self) -> tuple[str, ...]:
        """The environment variables that hold what nobody may see."""
        named = (*self.headers_env.values(), self.bearer_env, self.user_env, self.password_env)
        return tuple(dict.fromkeys(name for name in named if name))

    @property
    def names(self) -> tuple[str, ...]:
        """Of the headers that it sends, in small letters."""
        own = ("authorization",) if self.bearer_env or self.user_env else ()
        return (*own, *(name.lower() for name in (*self.headers, *self.headers_env)))

    @property
    def is_plain(self) -> bool:
        """Whether it is no more than headers."""
        return not (self.ca_file or self.client_certificate or self.proxy_url)

    @model_validator(mode="after")
    def _holds_no_secret(self) -> "Access":
        for name, value in self.headers.items():
            if _TELLS_WHO.fullmatch(name) or _LIKE_A_KEY.search(value) or scrub(value) != value:
                said = f"headers.{name} looks like a credential, and a file is no place for one"
                raise ValueError(f'{said}: write headers_env = {{ {name} = "NAME_OF_A_VARIABLE" }}, or bearer_env')
        if self.proxy_url and "@" in self.proxy_url:
            raise ValueError("proxy_url holds a user or a password; name a proxy that asks for none")
        return self

    @model_validator(mode="after")
    def _says_each_thing_once(self) -> "Access":
        if (self.user_env is None) != (self.password_env is None):
            raise ValueError("user_env and password_env go together")
        if self.bearer_env and self.user_env:
            raise ValueError("has bearer_env and user_env, and one request has one Authorization")
        if (self.client_certificate is None) != (self.client_key is None):
            raise ValueError("client_certificate and client_key go together: both are files in PEM")
        if twice := sorted({name for name in self.names if self.names.count(name) > 1}):
            raise ValueError(f"says the header {twice[0]} twice")
        if frames := [name for name in self.names if name in _FRAMES]:
            raise ValueError(f"says the header {frames[0]}, which the request itself says")
        return self


def secret_envs_of(given: Iterable[Access | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for access in given if access for name in access.secret_envs))
