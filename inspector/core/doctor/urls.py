"""Other addresses that the sender may have signed: proxies, tunnels, ports, slashes, queries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from inspector.core import headers
from inspector.core.headers import HeaderPairs

_MOST = 160
_PORTS = {"http": "80", "https": "443"}
_FORWARDED = re.compile(r'(proto|host)="?([^";,\s]+)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """One address, and how it differs from the one that was tried."""

    url: str
    how: str


def addresses(url: str, fields: HeaderPairs, public_urls: Sequence[str]) -> list[Address]:
    """Addresses worth a try, the likely ones first, at most 160; not `url` itself."""
    found: dict[str, str] = {}
    for candidate, how in _all(url, fields, public_urls):
        if candidate != url:
            found.setdefault(candidate, how)
        if len(found) >= _MOST:
            break
    return [Address(candidate, how) for candidate, how in found.items()]


def _all(url: str, fields: HeaderPairs, public_urls: Sequence[str]) -> Iterator[tuple[str, str]]:
    parts = _split(url)
    path, query = (parts[2], parts[3]) if parts else ("/", "")
    for public in public_urls:
        yield public, "as the public address that is known"
    origins = list(dict.fromkeys(_origins(url, fields, public_urls)))
    targets = list(dict.fromkeys(_targets(path, query, fields, public_urls)))
    for target, what in targets[:1]:
        for scheme, host, which in origins:
            yield f"{scheme}://{host}{target}", f"{which}{what}"
    for target, what in targets:
        for scheme, host, which in origins:
            yield f"{scheme}://{host}{target}", f"{which}{what}"


def _split(url: str) -> tuple[str, str, str, str] | None:
    """Scheme, host with port, path and query, each as it stands."""
    found = re.fullmatch(r"(https?)://([^/?#]*)([^?#]*)(\?[^#]*)?(?:#.*)?", url, re.IGNORECASE | re.DOTALL)
    return None if found is None else (found[1].lower(), found[2], found[3], found[4] or "")


def _origins(url: str, fields: HeaderPairs, public_urls: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Scheme and host with port, with and without the usual ports."""
    hosts: dict[str, str] = {}
    schemes: dict[str, None] = {}
    for address, what in ((url, ""), *((public, "with the known public host") for public in public_urls)):
        parts = _split(address)
        if parts is not None and parts[1]:
            schemes.setdefault(parts[0])
            hosts.setdefault(parts[1], what)
    forwarded = {name.lower(): value for name, value in _FORWARDED.findall(headers.text(fields, "forwarded"))}
    for name in ("x-forwarded-host", "x-original-host", "host"):
        value = headers.text(fields, name).split(",")[0].strip()
        if value:
            hosts.setdefault(value, f"with the host of the header {name}")
    if "host" in forwarded:
        hosts.setdefault(forwarded["host"], "with the host of the header forwarded")
    proto = headers.text(fields, "x-forwarded-proto").split(",")[0].strip() or forwarded.get("proto", "")
    for scheme in (proto.lower(), "https", "http"):
        if scheme in _PORTS:
            schemes.setdefault(scheme)
    port = headers.text(fields, "x-forwarded-port").split(",")[0].strip()
    first = next(iter(schemes), "https")
    for host, what in hosts.items():
        plain = re.sub(r":\d+$", "", host)
        for scheme in schemes:
            over = f"with {scheme}" if scheme != first or not what else ""
            words = " and ".join(filter(None, (what, over)))
            yield scheme, host, words
            yield scheme, plain, words + " and without the port" * (plain != host)
            yield scheme, f"{plain}:{_PORTS[scheme]}", f"{words} and with the port {_PORTS[scheme]}"
            if port.isdigit():
                yield scheme, f"{plain}:{port}", f"{words} and with the port of X-Forwarded-Port"
            yield scheme, plain.lower(), f"{words} and with the host in lower case"


def _targets(
    path: str, query: str, fields: HeaderPairs, public_urls: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Path and query, with the usual things added or taken away."""
    yield path + query, ""
    if path.endswith("/"):
        yield path[:-1] + query, ", without the slash at the end of the path"
    else:
        yield f"{path}/{query}", ", with a slash at the end of the path"
    if query:
        yield path, ", without the query"
    prefix = headers.text(fields, "x-forwarded-prefix").rstrip("/")
    if prefix:
        yield prefix + path + query, ", with the path's beginning from X-Forwarded-Prefix"
    for name in ("x-original-uri", "x-original-url", "x-forwarded-uri", "x-rewrite-url"):
        value = headers.text(fields, name)
        if value.startswith("/"):
            yield value, f", with path and query of the header {name}"
    for public in public_urls:
        parts = _split(public)
        if parts is not None:
            yield parts[2] + (parts[3] or query), ", with the path of the known public address"
            yield parts[2].rstrip("/") + path + query, ", with the path below the known public address"
    whole = path + query
    if "%" in whole:
        yield unquote(whole), ", with its %-escapes decoded"
    yield quote(whole, safe="/?&=%:@!$'()*+,;~-._"), ", with %-escapes"
    yield whole.replace("%20", "+"), ", with + instead of %20"
    yield whole.replace("+", "%20"), ", with %20 instead of +"
    if whole in ("", "/"):
        yield "", ", without a path"
        yield "/", ", with / as its path"
    segments = path.strip("/").split("/")
    if len(segments) > 1:
        yield "/" + "/".join(segments[1:]) + query, ", without the first part of the path"


def host_of(url: str) -> str:
    """The host of an address, for a sentence; empty where there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
