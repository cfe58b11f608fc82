"""TLS to a handler: contexts, made once each and off the loop, and its failures in words."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

from inspector.net.sender_connection import BrokenError

_WORDS = {
    "WRONG_VERSION_NUMBER": "what answers there does not speak TLS; the URL may have to begin with http://",
    "HTTP_REQUEST": "what answers there does not speak TLS; the URL may have to begin with http://",
    "RECORD_LAYER_FAILURE": "what answers there does not speak TLS; the URL may have to begin with http://",
    "UNEXPECTED_EOF_WHILE_READING": "the connection was closed in the middle of the handshake",
    "SSLV3_ALERT_HANDSHAKE_FAILURE": "both sides have no version or cipher in common",
    "TLSV1_ALERT_PROTOCOL_VERSION": "the handler demands another version of TLS",
    "UNSUPPORTED_PROTOCOL": "the handler speaks only versions of TLS that are too old",
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "the handler demands a client certificate",
}
_REMEDY = "Trust its CA by a file, or switch verification off for this target."


class TlsContexts:
    """Contexts by their settings; one is made anew when its CA file changed."""

    def __init__(self) -> None:
        self._made: dict[tuple[bool, str, int], ssl.SSLContext] = {}

    async def get(self, verify: bool, ca_file: str) -> ssl.SSLContext:
        """The context. Raises BrokenError `tls` where the CA file cannot be used."""
        changed_ns = 0
        if verify and ca_file:
            try:
                changed_ns = Path(ca_file).stat().st_mtime_ns  # noqa: ASYNC240 - one stat of a local file
            except (OSError, ValueError) as error:
                raise _unreadable(ca_file, error) from error
        key = (verify, ca_file if verify else "", changed_ns)
        context = self._made.get(key)
        if context is None:
            try:
                loop = asyncio.get_running_loop()
                context = await loop.run_in_executor(None, _context, verify, ca_file)
            except OSError as error:  # ssl.SSLError is one
                raise _unreadable(ca_file, error) from error
            self._made[key] = context
        return context


def tls_broken(error: Exception, where: str) -> BrokenError:
    """A failed handshake as a sentence with its reason."""
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = error.verify_message.rstrip(".") or "it cannot be verified"
        return BrokenError("tls", f"The certificate of {where} was not accepted: {reason}. {_REMEDY}")
    if isinstance(error, ssl.SSLError):
        name = error.reason or ""
        reason = _WORDS.get(name, name.lower().replace("_", " ") or str(error))
    elif isinstance(error, OSError) and error.strerror:
        reason = error.strerror
    else:
        reason = "the connection was closed in the middle of the handshake"
    return BrokenError("tls", f"TLS with {where} failed: {reason}.")


def _context(verify: bool, ca_file: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif ca_file:
        context.load_verify_locations(ca_file)
    return context


def _unreadable(ca_file: str, error: Exception) -> BrokenError:
    if isinstance(error, ssl.SSLError):
        reason = "it holds no certificate in PEM form"
    else:
        reason = getattr(error, "strerror", None) or "it is no path"
    return BrokenError("tls", f"The CA file {ca_file} cannot be used: {reason}.")
