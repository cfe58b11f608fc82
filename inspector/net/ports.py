"""What is in the way of listening on an address, said so that something can be done about it."""

from __future__ import annotations

import asyncio
import errno
import socket
import sys
from pathlib import Path

from inspector.core.problem import Problem, ProblemError

_LISTENING = "0A"
_TRIES = 100
_WINDOWS_FORBIDDEN = 10013
_TAKEN = frozenset((errno.EADDRINUSE, 10048))


class PortTakenError(ProblemError):
    """Another program listens on the port; `next_free` is one that can be taken instead, if there is one."""

    def __init__(self, problem: Problem, next_free: int | None) -> None:
        super().__init__(problem)
        self.next_free = next_free


async def bind(host: str, port: int) -> socket.socket:
    """A socket bound to the first address of `host` (IPv4 before IPv6); raises ProblemError.

    Bound here and not by the loop: the loops differ in what they raise and leave behind when it fails.
    """
    if not 0 <= port <= 65535:
        raise listen_problem(host, port, OverflowError())
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host or "0.0.0.0", port, type=socket.SOCK_STREAM)  # noqa: S104 - as asked
    except OSError as failure:
        raise listen_problem(host, port, failure) from failure
    family, kind, protocol, _, address = min(found, key=lambda each: each[0] != socket.AF_INET)
    bound = socket.socket(family, kind, protocol)
    try:
        if sys.platform != "win32":  # there it would let two programs listen on one port
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen()
        bound.setblocking(False)
    except OSError as failure:
        bound.close()
        raise listen_problem(host, port, failure) from failure
    return bound


def listen_problem(host: str, port: int, failure: OSError | OverflowError) -> ProblemError:
    """The problem behind a failed bind: port-taken, port-forbidden or address-unusable."""
    number = failure.errno if isinstance(failure, OSError) else None
    if number in _TAKEN:
        return _taken(host, port)
    if number in (errno.EACCES, errno.EPERM, _WINDOWS_FORBIDDEN):
        return ProblemError(
            Problem(
                "port-forbidden",
                f"Port {port} may not be used.",
                "The system keeps ports below 1024 for itself, and some systems keep others.",
                "Choose a port above 1024, for example 8787.",
            )
        )
    if not 0 <= port <= 65535:
        detail = f"{port} is no port: ports are numbers from 0 to 65535."
    else:
        detail = f"This computer has no address “{host}” that can be listened on."
    remedy = "Choose 127.0.0.1 for this computer alone, or 0.0.0.0 for the whole network."
    return ProblemError(Problem("address-unusable", f"Cannot listen on {host}:{port}.", detail, remedy))


def next_free_port(host: str, port: int) -> int | None:
    """The first port after `port` that can be bound on `host` now, or None."""
    for candidate in range(port + 1, min(port + _TRIES, 65536)):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            try:
                probe.bind((host, candidate))
            except OSError:
                continue
            return candidate
    return None


def port_owner(port: int, proc: Path = Path("/proc")) -> tuple[str, int] | None:
    """Name and id of the process that listens on TCP `port`, where the system tells (Linux), else None.

    The name alone, not the command line: that may hold secrets.
    """
    sockets = {
        f"socket:[{inode}]" for table in ("tcp", "tcp6") for inode in _inodes(proc / "net" / table, port)
    }
    if not sockets:
        return None
    for process in proc.iterdir():
        if process.name.isdigit() and _holds(process, sockets):
            try:
                name = (process / "comm").read_text("utf-8", "replace").strip()
            except OSError:
                continue
            return name, int(process.name)
    return None


def _taken(host: str, port: int) -> PortTakenError:
    owner = port_owner(port)
    free = next_free_port(host, port)
    detail = "Another program listens there."
    if owner is not None:
        detail = f"The program “{owner[0]}” (process {owner[1]}) listens there."
    remedy = "End that program, or choose another port"
    remedy += f": {free} is free." if free is not None else "."
    return PortTakenError(Problem("port-taken", f"Port {port} is taken.", detail, remedy), free)


def _inodes(table: Path, port: int) -> list[str]:
    """The inodes of the sockets that listen on `port` (proc(5): local address, state and inode)."""
    try:
        lines = table.read_text("ascii").splitlines()[1:]
    except OSError:
        return []
    wanted = f":{port:04X}"
    rows = (line.split() for line in lines)
    return [row[9] for row in rows if len(row) > 9 and row[3] == _LISTENING and row[1].endswith(wanted)]


def _holds(process: Path, sockets: set[str]) -> bool:
    try:
        return any(str(entry.readlink()) in sockets for entry in (process / "fd").iterdir())
    except OSError:
        return False
