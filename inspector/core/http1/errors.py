"""What the parser raises: the client sent something that must not be taken for a request."""

from __future__ import annotations


class MalformedError(Exception):
    """The bytes are no HTTP/1.x request; `status` is the answer, `reason` a sentence for people."""

    def __init__(self, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


class BodyTooLargeError(Exception):
    """The body is, or says that it is, larger than the limit; the answer is 413."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"The body is larger than the limit of {limit_bytes:,} bytes.")
        self.limit_bytes = limit_bytes
