"""The forms of the public URL that providers sign: with and without port, decoded, encoded once more."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote_to_bytes, urlsplit


def url_path(url: bytes) -> bytes:
    """Path and query of the URL as Contentful's toolkit writes them: both percent-encoded once more."""
    path, _, query = path_and_query(url).partition(b"?")
    query = query.partition(b"?")[0]
    encoded = quote(path, safe="/;,?:@&=+$-_.!~*'()#")
    return (
        encoded + ("?" + quote(quote(query, safe="-_.!~*'()"), safe="-_.!~*'()") if query else "")
    ).encode()


def path_and_query(url: bytes) -> bytes:
    """What stands after the host, without the fragment."""
    rest = url.partition(b"://")[2] or url
    slash = rest.find(b"/")
    return rest[slash:].partition(b"#")[0] if slash >= 0 else b"/"


def url_variants(kind: str, url: str) -> list[bytes]:
    """The forms of the public URL that the provider may have signed, the given one first."""
    raw = url.encode("utf-8", "surrogateescape")
    if not kind or not url:
        return [raw]
    found = [raw]
    if kind == "port":
        found += [variant.encode("utf-8", "surrogateescape") for variant in _port_variants(url)]
    elif kind == "hubspot":
        found.append(_HUBSPOT.sub(lambda escape: unquote_to_bytes(escape.group()), raw))
    return list(dict.fromkeys(found))


_HUBSPOT = re.compile(rb"%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)", re.IGNORECASE)
"""The escapes that HubSpot decodes before signing (request-validation, version 3)."""


def _port_variants(url: str) -> list[str]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return []
    head, _, rest = url.partition("://")
    host, after = rest[: len(parts.netloc)], rest[len(parts.netloc) :]
    if port:
        return [f"{head}://{host.rpartition(':')[0]}{after}"]
    standard = 443 if parts.scheme == "https" else 80
    return [f"{head}://{host.rstrip(':')}:{standard}{after}"]
