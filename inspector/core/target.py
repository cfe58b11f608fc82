"""A target: a URL that events are sent to, with what every delivery to it carries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from inspector.core.headers import HeaderPairs
from inspector.core.problem import Problem, ProblemError

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
FIELD_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A token, RFC 9110 section 5.6.2."""
FRAMING = frozenset({b"content-length", b"transfer-encoding", b"connection", b"host"})
"""Names that a target cannot add: they frame or address the request."""
TIMEOUT_S = 10.0
"""What the provider allows a handler."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to send, how, and what to add. Secrets stand here by their names only.

    A URL without a path takes the event's own path and query behind it.
    """

    name: str
    """Empty for a URL that is used once."""
    url: str
    headers: HeaderPairs = ()
    """Added to each request; a captured header of the same name gives way."""
    secret_headers: tuple[tuple[str, str], ...] = ()
    """(header, name of the secret that is its value); kept and shown masked."""
    verify_tls: bool = True
    ca_file: str = ""
    """A file of certificates to trust besides the system's; empty: none."""
    proxy: str = ""
    """The URL of an HTTP proxy, without login; empty: none."""
    proxy_secret: str = ""
    """The name of the secret with the proxy's `user:password`; empty: no login."""
    keep_host: bool = False
    """Send the captured Host instead of the target's own."""
    follow_redirects: bool = False
    timeout_s: float = TIMEOUT_S
    policy: str = ""
    """The name or the text of a retry policy; empty: what the source's provider does."""
    concurrency: int = 10
    rate_per_s: float | None = None
    """Deliveries a second at most; None: no limit."""


def checked(target: Target) -> Target:
    """The target itself; raises ProblemError `target-wrong` where it cannot be used."""
    if target.name and not NAME.fullmatch(target.name):
        raise _wrong(f"{target.name!r} is no name.", "Use letters, digits, dot, - and _, 64 at most.")
    _check_url(target.url, "url")
    if target.proxy:
        _check_url(target.proxy, "proxy")
        if urlsplit(target.proxy).scheme != "http":
            raise _wrong(f"{target.proxy} is no HTTP proxy.", "Give a URL that begins with http://.")
    for name, value in target.headers:
        _check_field(name)
        if re.search(rb"[\x00\r\n]", value):
            raise _wrong("A header's value has a line end or a null byte.", "Take it out.")
    for header, secret in target.secret_headers:
        _check_field(header.encode("latin-1", "replace"))
        if not secret:
            raise _wrong(f"The header {header!r} names no secret.", "Give HEADER=SECRETNAME.")
    if not 0 < target.timeout_s <= 3600:
        raise _wrong(f"{target.timeout_s:g} s is no time-out.", "Use more than 0 and at most 3600.")
    if not 1 <= target.concurrency <= 1000:
        raise _wrong(f"A concurrency of {target.concurrency} is out of range.", "Use 1 to 1000.")
    if target.rate_per_s is not None and not 0 < target.rate_per_s <= 100_000:
        raise _wrong(f"{target.rate_per_s:g} a second is no rate.", "Use more than 0, or none.")
    return target


def _check_url(url: str, what: str) -> None:
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError as error:
        raise _wrong(f"{url!r} is no URL: {error}.", "Check the host and the port.") from error
    if parts.scheme not in ("http", "https") or not host or port == 0:
        raise _wrong(f"{url!r} is no URL to send to.", "It begins with http:// or https:// and a host.")
    if parts.username is not None or parts.password is not None:
        remedy = (
            "Keep it as a secret and give --proxy-secret."
            if what == "proxy"
            else "Keep it as a secret and give --secret-header Authorization=SECRETNAME."
        )
        raise _wrong("The URL carries a login, which would be kept in the clear.", remedy)
    if parts.fragment or re.search(r"[\x00-\x20\x7f-\uffff]", url):
        raise _wrong(f"{url!r} is no URL to send to.", "Leave out #, spaces and letters outside ASCII.")


def _check_field(name: bytes) -> None:
    if not FIELD_NAME.fullmatch(name):
        raise _wrong(f"{name.decode('latin-1')!r} is no name of a header.", "Use letters, digits and -.")
    if name.lower() in FRAMING:
        raise _wrong(f"{name.decode('latin-1')} is set by the sending itself.", "Leave it out.")


def _wrong(detail: str, remedy: str) -> ProblemError:
    return ProblemError(Problem("target-wrong", "The target cannot be used.", detail, remedy))
