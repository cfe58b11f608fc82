"""How one delivery is sent, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from inspector.core.delivery import Failure, Phases, Redirect, Response
from inspector.core.outgoing import UrlParts

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class SendOptions:
    """The wishes of a target; the login never shows in a repr."""

    timeout_s: float = 10.0
    """For all phases and redirects together."""
    verify_tls: bool = True
    ca_file: str = ""
    """Certificates to trust besides the system's."""
    proxy: str = ""
    """`http://host:port`, or empty."""
    proxy_login: str = field(default="", repr=False)
    """`user:password`, or empty."""
    follow_redirects: bool = False
    withheld: frozenset[bytes] = frozenset()
    """Names of headers, in lower case, that never follow to another origin, besides those that look like
    credentials: the target's own secret headers, and those of the source's signature."""
    response_limit_bytes: int = 8 * MIB
    """How much of a response's body is kept; the response is marked where there was more."""
    fresh: bool = False
    """Open a new connection even where one is kept open."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The outcome: a response, a failure, or both where the response began and did not end."""

    response: Response | None
    failure: Failure | None
    phases: Phases
    redirects: tuple[Redirect, ...] = ()
    sent_at_ns: int = 0
    """Wall clock, ns since 1970 UTC, when the delivery began."""
    remote: str = ""
    """The address that was connected to, `host:port`; of a proxy where there is one."""
    reused: bool = False
    """Whether the connection was kept open from an earlier delivery."""

    @property
    def succeeded(self) -> bool:
        """Whether the whole of a 2xx response came."""
        return self.failure is None and self.response is not None and 200 <= self.response.status <= 299


@dataclass(frozen=True, slots=True)
class Route:
    """All that tells one reusable connection from another."""

    scheme: str
    host: str
    port: int
    verify_tls: bool = True
    ca_file: str = ""
    proxy: UrlParts | None = None
    proxy_login: str = field(default="", repr=False)

    @property
    def secure(self) -> bool:
        """Whether there is TLS to the handler."""
        return self.scheme == "https"

    @property
    def where(self) -> str:
        """The handler's address, for sentences."""
        return address(self.host, self.port)


def address(host: str, port: int) -> str:
    """`host:port`, an IPv6 host in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def route_of(parts: UrlParts, options: SendOptions, proxy: UrlParts | None) -> Route:
    """The route to a URL."""
    if parts.scheme == "https":
        return Route(
            "https",
            parts.host,
            parts.port,
            options.verify_tls,
            options.ca_file,
            proxy,
            options.proxy_login if proxy else "",
        )
    return Route("http", parts.host, parts.port, proxy=proxy)
