"""From a name to an open socket: resolving, and connecting to the first address that answers.

Addresses are tried in the system's order, each with a short head start before the next (RFC 8305).
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import socket
from typing import TypeAlias, cast

from inspector.core.delivery import FailureKind
from inspector.net import tasks
from inspector.net.sender_connection import BrokenError

HEAD_START_S = 0.25
MOST_ADDRESSES = 8
Where: TypeAlias = tuple[str, int] | tuple[str, int, int, int]
Place: TypeAlias = tuple[socket.AddressFamily, Where]

_UNREACHABLE = frozenset(
    (
        errno.EHOSTUNREACH,
        errno.ENETUNREACH,
        errno.EHOSTDOWN,
        errno.ENETDOWN,
        errno.EADDRNOTAVAIL,
        errno.EACCES,
        errno.EPERM,
        errno.EAFNOSUPPORT,
        errno.EINVAL,
    )
)


def literal(host: str, port: int) -> list[Place]:
    """The place of an IP address that stands in the URL; empty where it is a name."""
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        return []
    if number.version == 4:
        return [(socket.AF_INET, (str(number), port))]
    return [] if "%" in host else [(socket.AF_INET6, (str(number), port, 0, 0))]


async def resolve(host: str, port: int) -> list[Place]:
    """The places of a name. Raises BrokenError `dns`."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no name of a host"
        raise BrokenError("dns", f"The name {host} was not found: {reason}.") from error
    places: list[Place] = []
    for family, _, _, _, where in found:
        place = (family, cast("Where", where))
        if family in (socket.AF_INET, socket.AF_INET6) and place not in places:
            places.append(place)
    if not places:
        raise BrokenError("dns", f"The name {host} has no address.")
    return places[:MOST_ADDRESSES]


async def connect(places: list[Place], where: str) -> socket.socket:
    """A connected, non-blocking socket. Raises BrokenError: `refused`, `unreachable`, `timeout-connect`."""
    attempts: set[asyncio.Task[socket.socket | OSError]] = set()
    failures: list[OSError] = []
    waiting = list(places)
    won: socket.socket | None = None
    try:
        while won is None and (waiting or attempts):
            if waiting:
                attempts.add(tasks.start(_open(waiting.pop(0)), f"connect {where}"))
            patience = HEAD_START_S if waiting else None
            done, attempts = await asyncio.wait(
                attempts, timeout=patience, return_when=asyncio.FIRST_COMPLETED
            )
            for attempt in done:
                outcome = attempt.result()
                if isinstance(outcome, OSError):
                    failures.append(outcome)
                elif won is None:
                    won = outcome
                else:
                    outcome.close()
    finally:
        for attempt in attempts:
            if not attempt.cancel():
                _close_late(attempt)
    if won is None:
        raise broken(failures[0], where)
    return won


def broken(error: OSError, where: str) -> BrokenError:
    """A failed connection as a kind and a sentence."""
    kind: FailureKind
    if isinstance(error, ConnectionRefusedError):
        return BrokenError("refused", f"Nothing listens at {where}: the connection was refused.")
    if error.errno == errno.ETIMEDOUT:
        kind = "timeout-connect"
    elif error.errno in _UNREACHABLE:
        kind = "unreachable"
    else:
        kind = "reset" if isinstance(error, ConnectionError) else "unreachable"
    return BrokenError(kind, f"{where} cannot be reached: {error.strerror or type(error).__name__}.")


async def _open(place: Place) -> socket.socket | OSError:
    family, where = place
    try:
        sock = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        return error
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.get_running_loop().sock_connect(sock, where)
    except OSError as error:
        sock.close()
        return error
    except BaseException:
        sock.close()
        raise
    return sock


def _close_late(attempt: asyncio.Task[socket.socket | OSError]) -> None:
    outcome = attempt.result()
    if isinstance(outcome, socket.socket):
        outcome.close()
