"""What verify and sign share: the request from a file or standard input, the scheme, the keys, the time."""

from __future__ import annotations

import argparse
import difflib
import os
import sys
import time
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.cli.common import WrongUseError
from inspector.core.problem import Problem, ProblemError

if TYPE_CHECKING:
    from inspector.core.raw_file import RawRequest
    from inspector.core.signatures.outcome import Key, SignedRequest
    from inspector.core.signatures.scheme import Scheme, Schemes


def add_input(parser: argparse.ArgumentParser) -> None:
    """The options that both have."""
    parser.add_argument("file", metavar="FILE.http", help="a raw HTTP request; - reads standard input")
    parser.add_argument("--scheme", metavar="ID", help="see `schemes list`; default: found by the headers")
    parser.add_argument(
        "--secret-env",
        metavar="VAR",
        action="append",
        default=[],
        help="the environment variable with the secret; may be given several times (rotation)",
    )
    parser.add_argument(
        "--url", metavar="URL", help="the public URL that the sender signed (default: from the request)"
    )
    add_schemes(parser)


def add_schemes(parser: argparse.ArgumentParser) -> None:
    """The option --schemes."""
    parser.add_argument(
        "--schemes",
        metavar="FILE",
        action="append",
        default=[],
        help="a TOML file, or a folder of them, with schemes of your own; may be given several times",
    )


def schemes_of(arguments: argparse.Namespace) -> Schemes:
    """The schemes of the program and the user's; raises ProblemError for a record that cannot be read."""
    from inspector.core.signatures.bundled import bundled, together

    files: list[tuple[str, str]] = []
    for given in [*_own_folder(), *map(Path, arguments.schemes)]:
        found = sorted(given.glob("*.toml")) if given.is_dir() else [given]
        files += [(str(file), read_file(str(file)).decode("utf-8", "replace")) for file in found]
    return together(files, bundled())


def _own_folder() -> list[Path]:
    from inspector.engine.paths import platform_folders

    folder = platform_folders().config / "schemes"
    return [folder] if folder.is_dir() else []


def chosen(schemes: Schemes, name: str | None, request: RawRequest) -> Scheme:
    """The scheme of that id, or the one that the headers tell; raises WrongUseError."""
    if name is None:
        from inspector.core.signatures.detect import detect

        scheme = detect(schemes, request.headers, request.body)
        if scheme is None:
            raise WrongUseError(
                "No scheme is known by these headers; name one with --scheme (see `schemes list`)."
            )
        return scheme
    return named(schemes, name)


def named(schemes: Schemes, name: str) -> Scheme:
    """The scheme of that id; raises WrongUseError with the nearest ids."""
    scheme = schemes.get(name)
    if scheme is None:
        near = difflib.get_close_matches(name, [one.id for one in schemes], 3, 0.5)
        near += [one.id for one in schemes if name.lower() in one.id and one.id not in near][:3]
        hint = f" Did you mean {', '.join(near)}?" if near else ""
        raise WrongUseError(f"There is no scheme {name!r}.{hint} `schemes list` shows all.")
    return scheme


def request_of(arguments: argparse.Namespace) -> RawRequest:
    """The request in the file; raises WrongUseError where it is none, ProblemError for the file."""
    from inspector.core.raw_file import RawFileError, parse

    raw = sys.stdin.buffer.read() if arguments.file == "-" else read_file(arguments.file)
    try:
        return parse(raw)
    except RawFileError as error:
        raise WrongUseError(f"{arguments.file} is no raw HTTP request: {error}.") from None


def read_file(name: str) -> bytes:
    """The bytes of a file; raises ProblemError."""
    try:
        return Path(name).read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProblemError(Problem("file-unreadable", f"{name} cannot be read: {reason}.")) from None


def signed_request(request: RawRequest, url: str | None) -> SignedRequest:
    """The request as the checks want it."""
    from inspector.core.signatures.outcome import SignedRequest

    return SignedRequest(request.method, url or request.public_url(), request.headers, request.body)


def keys_of(arguments: argparse.Namespace, files: list[str]) -> list[Key]:
    """The secrets of the named variables, then the keys of the files; raises WrongUseError."""
    from inspector.core.signatures.outcome import Key

    found = []
    for name in arguments.secret_env:
        value = os.environ.get(name)
        if not value:
            stated = "is empty" if value == "" else "is not set"
            raise WrongUseError(f"The environment variable {name} {stated}.")
        found.append(Key(name, os.fsencode(value)))
    return found + [Key(Path(name).name, read_file(name).strip()) for name in files]


def moment(arguments: argparse.Namespace, request: RawRequest) -> float:
    """The moment of judging, seconds since 1970 UTC."""
    if arguments.at is None:
        return time.time()
    if arguments.at != "capture":
        return float(arguments.at)
    from inspector.core.headers import text

    try:
        return parsedate_to_datetime(text(request.headers, "date")).timestamp()
    except ValueError:
        if arguments.file == "-":
            raise WrongUseError("--at capture: standard input has no time; give --at UNIX.") from None
        return Path(arguments.file).stat().st_mtime


def moment_argument(text: str) -> str:
    """The value of --at."""
    if text == "capture":
        return text
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1e11:
        raise argparse.ArgumentTypeError(f"{text!r} is neither seconds since 1970 UTC nor `capture`")
    return text
