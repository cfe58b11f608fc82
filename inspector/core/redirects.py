"""Where a response points, and what of a request may follow it there.

Rules: RFC 9110 section 15.4 (methods and bodies), RFC 6454 (origins). What proves an identity to one origin
never goes to another: Authorization, Cookie, whatever looks like a signature, token or key, and the names
that the caller holds to be secret.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import urldefrag, urljoin

from inspector.core.delivery import Redirect, Response
from inspector.core.headers import values
from inspector.core.outgoing import Outgoing, UnsendableError, url_parts, with_host

MOST_REDIRECTS = 10
_STATUSES = frozenset((301, 302, 303, 307, 308))
_CREDENTIAL = re.compile(
    rb"auth|cookie|signature|hmac|token|secret|password|credential|api-?key", re.IGNORECASE
)
_CREDENTIALS = frozenset((b"x-goog-iap-jwt-assertion", b"sig", b"x-sig", b"x-key", b"key"))


def pointed(response: Response, url: str) -> Redirect | None:
    """The redirect in a response to a request for `url`, or None where it is none."""
    if response.status not in _STATUSES:
        return None
    found = values(response.headers, b"location")
    if not found or not found[0]:
        return None
    written = found[0].decode("latin-1")
    try:
        location = urldefrag(urljoin(url, written)).url
    except ValueError:
        location = written
    return Redirect(response.status, url, location, headers=response.headers)


def follow(
    sent: Outgoing, redirect: Redirect, withheld: Collection[bytes] = ()
) -> tuple[Outgoing, Redirect] | None:
    """What is sent on to where `redirect` points, and the redirect with what was done.

    `withheld`: further names of headers, in lower case, that belong to the first origin alone. None where
    it does not point to an http or https URL.
    """
    try:
        there, here = url_parts(redirect.location), url_parts(redirect.url)
    except UnsendableError:
        return None
    method, body, headers = sent.method, sent.body, sent.headers
    if redirect.status == 303 or (redirect.status in (301, 302) and method == "POST"):
        method, body = ("HEAD" if method == "HEAD" else "GET"), b""
        headers = tuple(pair for pair in headers if not _describes_body(pair[0].lower()))
    dropped: tuple[str, ...] = ()
    if there.origin != here.origin:
        kept = tuple(pair for pair in headers if not is_credential(pair[0], withheld))
        gone = [name for name, _ in headers if is_credential(name, withheld)]
        dropped = tuple(dict.fromkeys(name.decode("latin-1") for name in gone))
        headers = with_host(kept, there.authority, redirect.location)
    done = Redirect(redirect.status, redirect.url, redirect.location, method, dropped, redirect.headers)
    return Outgoing(method, redirect.location, headers, body), done


def is_credential(name: bytes, also: Collection[bytes] = ()) -> bool:
    """Whether a header of this name stays with the origin that it was meant for."""
    key = name.lower()
    return _CREDENTIAL.search(key) is not None or key in _CREDENTIALS or key in also


def _describes_body(key: bytes) -> bool:
    return key.startswith(b"content-") or key in (b"digest", b"transfer-encoding", b"expect")
