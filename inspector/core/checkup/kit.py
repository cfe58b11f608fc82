"""What a checkup's requests are made of: sample events, and the provider's way of signing."""

from __future__ import annotations

import base64
import random
from dataclasses import dataclass, field, replace

from inspector.core.checkup.samples import Sample, Samples
from inspector.core.headers import HeaderPairs
from inspector.core.signatures.outcome import Key, SignedRequest
from inspector.core.signatures.scheme import Scheme
from inspector.core.signatures.sign import Unsignable, sign, with_header

USER_AGENT = "webhook-inspector-checkup"


@dataclass(frozen=True, slots=True)
class Shot:
    """One request to be sent by POST. Host and framing are up to the sender."""

    url: str
    headers: HeaderPairs
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Kit:
    """The handler's URL, the samples, and the key that requests are signed with."""

    url: str
    samples: Samples
    scheme: Scheme | None = None
    """None: the source does not sign."""
    key: Key | None = None
    second: Key | None = None
    public_url: str = ""
    """What the sender signs as the URL; empty: the handler's URL."""
    headers: HeaderPairs = field(default=(), repr=False)
    """Added to each request, for example an Authorization that stands before the handler."""
    seed: int = 1

    @property
    def signing(self) -> Scheme | None:
        """The scheme, where there is a key to sign with."""
        return self.scheme if self.key is not None else None

    def sample(self, number: int, now_s: float, event_type: str = "") -> Sample:
        """The sample of that number: another id for each number."""
        return self.samples.event(event_type or self.samples.types[0], self.seed * 1000 + number, now_s)

    def shot(
        self,
        sample: Sample,
        now_s: float,
        *,
        body: bytes | None = None,
        key: Key | None = None,
        signed: bool = True,
    ) -> Shot:
        """A request with the event, signed as of `now_s`; raises Unsignable.

        `body` replaces the usual writing of the sample, `key` the right key.
        """
        headers: HeaderPairs = ((b"Content-Type", b"application/json"), (b"User-Agent", USER_AGENT.encode()))
        for name, value in self.headers:
            headers = with_header(headers, name.decode("latin-1"), value.decode("latin-1"))
        scheme, key = self.scheme, key or self.key
        if scheme is not None:
            named = ((scheme.event_header, sample.event_type), (scheme.delivery_header, sample.event_id))
            for header, text in named:
                if header:
                    headers = with_header(headers, header, text)
        shot = Shot(self.url, headers, sample.written() if body is None else body)
        if scheme is None or key is None or not signed:
            return shot
        request = SignedRequest("POST", self.public_url or self.url, shot.headers, shot.body)
        fresh = sign(scheme, request, key, now_s=now_s, event_id=sample.event_id, second=self.second)
        # A parameter that signing adds belongs to the URL that is called, which may not be the signed one.
        query = fresh.url.partition("?")[2] if fresh.url != request.url else ""
        url = f"{self.url.partition('?')[0]}?{query}" if query else self.url
        return Shot(url, fresh.headers, fresh.body)

    def wrong_key(self) -> Key:
        """A key of the same form that is not the right one; raises Unsignable where none can be made."""
        scheme = self.scheme
        if scheme is None or self.key is None or not scheme.symmetric:
            raise Unsignable("a wrong key of this kind cannot be made")
        material = random.Random(f"wrong {self.seed}").randbytes(32)  # noqa: S311 - a wrong key, no secret
        text = material.hex() if scheme.key.form == "hex" else base64.b64encode(material).decode()
        right = self.key.material.decode("latin-1")
        prefix = next((each for each in scheme.key.strip if right.startswith(each)), "")
        return Key("wrong", (prefix + text).encode())


def without_signature(shot: Shot, scheme: Scheme) -> Shot:
    """The request with no signature header."""
    gone = {scheme.signature.header.encode(), *(other.encode() for other in scheme.signature.others)}
    return replace(shot, headers=tuple(pair for pair in shot.headers if pair[0].lower() not in gone))
