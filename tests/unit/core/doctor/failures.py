"""Failing requests of every cause, over many schemes: signed by the sender, then spoiled as in life."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from inspector.core.doctor import Diagnosis, diagnose
from inspector.core.event import Verdict
from inspector.core.reserialise import GO, JAVASCRIPT, PHP, PYTHON, WRITERS, Writer, restyled, rewrite
from inspector.core.signatures import template
from inspector.core.signatures.bundled import bundled
from inspector.core.signatures.outcome import Key, Outcome, SignedRequest
from inspector.core.signatures.scheme import KeyRule, Scheme
from inspector.core.signatures.sign import Unsignable, sign
from inspector.core.signatures.verify import verify

NOW_S = 1_795_446_000.0
URL = "https://hooks.example.com/in/abc?tenant=7"
_TEXT = '{"account":"acct_1","amount":19.5,"id":"evt_4","name":"Zo\u00eb M\u00fcller","url":"https://example.com/a"}'
DOCUMENT = _TEXT.encode()
PRETTY = b'{\r\n  "id": "evt_4",\r\n  "name": "Zo\xc3\xab"\r\n}\r\n'
LOOSE = '{ "id":"evt_4",  "name" : "Zo\u00eb M\u00fcller <b>", "url":"https://example.com/a" }'.encode()
FORM = b"From=%2B14155551212&Body=Hello+World&AccountSid=AC123"
_COMPACT = next(one for one in WRITERS if one.how == 'json.dumps(json.loads(body), separators=(",", ":"))')


_OTHER_ENCODING = {"hex": "base64", "base64": "hex", "base64url": "hex"}


@dataclass(frozen=True)
class Case:
    """A failing request and the cause that is to be named."""

    cause: str
    name: str
    scheme: Scheme
    request: SignedRequest
    keys: tuple[Key, ...]
    now_s: float = NOW_S
    others: tuple[Key, ...] = ()
    public_urls: tuple[str, ...] = ()
    siblings: tuple[Outcome, ...] = field(default=())

    def outcome(self) -> Outcome:
        return verify(self.scheme, self.request, self.keys, now_s=self.now_s)

    def diagnosis(self) -> Diagnosis:
        return diagnose(
            self.scheme,
            self.request,
            self.keys,
            self.outcome(),
            other_keys=self.others,
            now_s=self.now_s,
            public_urls=self.public_urls,
            siblings=self.siblings,
        )


def secret_for(scheme: Scheme, number: int = 0) -> Key:
    """A secret in the form that the scheme's provider gives."""
    raw = bytes((7 * number + 11 * index) % 251 for index in range(24))
    form, prefix = scheme.key.form, (scheme.key.strip or ("",))[0]
    if form == "hex":
        return Key("main", raw.hex().upper().encode())
    if form.startswith("base64"):
        return Key("main", prefix.encode() + base64.b64encode(raw))
    return Key("main", b"s3cr3t/" + base64.b64encode(raw)[:20])


def symmetric() -> list[Scheme]:
    """The schemes whose secret is shared and that sign the body in full."""
    return [
        scheme
        for scheme in bundled()
        if scheme.symmetric
        and scheme.algorithm != "token"
        and scheme.signature.header
        and scheme.encoding in _OTHER_ENCODING
        and not (scheme.timestamp and scheme.timestamp.field)  # signing anew changes these bodies
    ]


def asymmetric() -> list[tuple[Scheme, Key, Key]]:
    """Schemes with a public key: the scheme, the sender's private key, the public one in its form."""
    ed = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    raw = ed.public_key().public_bytes_raw()
    curve = ec.derive_private_key(12345678901234567890, ec.SECP256R1())
    der, info = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    pkcs8 = serialization.PrivateFormat.PKCS8
    ed_pem = Key("private", ed.private_bytes(pem, pkcs8, plain))
    curve_pem = Key("private", curve.private_bytes(pem, pkcs8, plain))
    spki = base64.b64encode(curve.public_key().public_bytes(der, info))
    return [
        (bundled()["discord"], ed_pem, Key("main", raw.hex().encode())),
        (bundled()["telnyx"], ed_pem, Key("main", base64.b64encode(raw))),
        (bundled()["standard-webhooks-ed25519"], ed_pem, Key("main", b"whpk_" + base64.b64encode(raw))),
        (bundled()["sendgrid"], curve_pem, Key("main", spki)),
    ]


class Spoiler:
    """Makes the cases of one scheme."""

    def __init__(self, scheme: Scheme, private: Key | None = None, public: Key | None = None) -> None:
        self.scheme = scheme
        self.key = public or secret_for(scheme)
        self.private = private or self.key

    def signed(self, body: bytes, *, scheme: Scheme | None = None, key: Key | None = None) -> SignedRequest:
        fields = ((b"Host", b"hooks.example.com"), (b"Content-Type", b"application/json"))
        plain = SignedRequest("POST", URL, fields, body)
        return sign(scheme or self.scheme, plain, key or self.private, now_s=NOW_S, event_id="msg_1")

    def case(self, cause: str, name: str, request: SignedRequest, **more: object) -> Case:
        made = Case(cause, name, self.scheme, request, (self.key,))
        return replace(made, **more)  # type: ignore[arg-type]

    def cases(self) -> Iterator[Case]:
        makers = [self.bodies] if self.scheme.message.uses("body") else []
        if self.scheme.symmetric:
            makers += [self.two, self.secrets, self.headers, self.others]
        for make in makers:
            try:
                for case in make():
                    if case.outcome().verdict is not Verdict.VALID:
                        yield case
            except Unsignable:
                continue

    def came(self, cause: str, name: str, signed: bytes, came: bytes) -> Case:
        return self.case(cause, name, replace(self.signed(signed), body=came))

    def bodies(self) -> Iterator[Case]:
        for sender in (JAVASCRIPT, PYTHON, PHP, _COMPACT):
            for middle in (JAVASCRIPT, PYTHON, GO, PHP, _COMPACT):
                original = written(DOCUMENT, sender)
                again = written(original, middle)
                name = f"{sender.language} by {middle.language}"
                yield self.came("reserialized", name, original, again)
        price = b'{\r\n\t"price": 19.50,\r\n\t"count": 3\r\n}'
        yield self.came("reserialized", "prices", price.replace(b"\r", b""), b'{"price":19.5,"count":3}')
        indented = price.replace(b"\t", b"  ").replace(b"50", b"5")
        yield self.came("reserialized", "CRLF", indented, b'{"price":19.5,"count":3}')
        for style, original in restyled(LOOSE):
            yield self.came("escape-style", style, original, LOOSE)
        yield self.came("newline", "end cut", DOCUMENT + b"\n", DOCUMENT)
        yield self.came("newline", "end added", DOCUMENT, DOCUMENT + b"\n")
        yield self.came("newline", "CRLF to LF", PRETTY, PRETTY.replace(b"\r\n", b"\n"))
        yield self.came("newline", "LF to CRLF", PRETTY.replace(b"\r\n", b"\n"), PRETTY)
        latin = DOCUMENT.decode().encode("latin-1")
        yield self.came("charset", "to Latin-1", DOCUMENT, latin)
        yield self.came("charset", "double UTF-8", DOCUMENT, DOCUMENT.decode("latin-1").encode())
        yield self.came("charset", "double UTF-8 of Windows", DOCUMENT, DOCUMENT.decode("cp1252").encode())
        yield self.came("charset", "mark cut", b"\xef\xbb\xbf" + DOCUMENT, DOCUMENT)
        yield self.came("charset", "mark added", DOCUMENT, b"\xef\xbb\xbf" + DOCUMENT)
        yield self.came("charset", "losses", DOCUMENT.decode().encode("ascii", "replace"), DOCUMENT)
        lossy = DOCUMENT.decode("ascii", "replace").encode()
        yield self.came("charset", "lost", DOCUMENT, lossy)
        yield self.came("body-base64", "encoded", DOCUMENT, base64.b64encode(DOCUMENT))
        yield self.came("body-base64", "decoded", base64.b64encode(DOCUMENT), DOCUMENT)
        yield self.came("empty-body", "already read", b"", DOCUMENT)
        yield self.came("content-encoding", "gzip", DOCUMENT, gzip.compress(DOCUMENT, mtime=0))
        yield self.came("form-unwrapped", "payload", b"payload=%7B%22a%22%3A1%7D", b'{"a":1}')
        cut = self.signed(DOCUMENT)
        event = {"body": DOCUMENT.decode(), "isBase64Encoded": False}
        yield self.came("body-wrapped", "gateway", DOCUMENT, json.dumps(event).encode())
        event = {"body": base64.b64encode(DOCUMENT).decode(), "isBase64Encoded": True}
        yield self.came("body-base64", "gateway", DOCUMENT, json.dumps(event).encode())
        length = (b"Content-Length", str(len(DOCUMENT)).encode())
        for size in (len(DOCUMENT) - 1, 40):
            fields = (*cut.headers, length)
            yield self.case("truncated", f"at {size}", replace(cut, body=DOCUMENT[:size], headers=fields))
        yield self.case("truncated", "no length", replace(cut, body=DOCUMENT[:60]))
        yield self.came("truncated", "signed in part", (DOCUMENT * 12)[:1024], DOCUMENT * 12)

    def secrets(self) -> Iterator[Case]:
        request = self.signed(DOCUMENT)
        stored = self.key.material
        yield self.case(
            "wrong-secret",
            "another",
            self.signed(DOCUMENT, key=secret_for(self.scheme, 3)),
            others=(
                Key("staging", secret_for(self.scheme, 5).material),
                Key("live", secret_for(self.scheme, 3).material),
            ),
        )
        for name, material in (
            ("line feed", stored + b"\n"),
            ("CRLF", stored + b"\r\n"),
            ("spaces", b"  " + stored + b" "),
            ("quotes", b'"' + stored + b'"'),
            ("no-break space", stored + "\u00a0".encode()),
        ):
            yield self.case("secret-whitespace", name, request, keys=(Key("main", material),))
        for name, material in (
            ("variable", b"WEBHOOK_SECRET=" + stored),
            ("bearer", b"Bearer " + stored),
            *((("whsec_", b"whsec_" + stored),) if not self.scheme.key.strip else ()),
        ):
            yield self.case("secret-prefix", name, request, keys=(Key("main", material),))
        other_form = "text" if self.scheme.key.form != "text" else "base64"
        key = Key("main", base64.b64encode(b"0123456789abcdef0123")) if other_form == "base64" else self.key
        foreign = replace(self.scheme, key=KeyRule(form=other_form))
        yield self.case(
            "secret-encoding", other_form, self.signed(DOCUMENT, scheme=foreign, key=key), keys=(key,)
        )
        if self.scheme.key.form == "text":
            more = (Key("main", stored + b"x"),)
            yield self.case("secret-truncated", "one more", request, keys=more)
        for material in (b"sk_test_4eC39HqLyjWDarjtT1zdp7dc", b"AC0123456789abcdef0123456789abcdef"):
            yield self.case("api-key-as-secret", "API key", request, keys=(Key("main", material),))
        for material in (b"whsec_...", b"your-webhook-secret", b"<secret>", b"${WEBHOOK_SECRET}"):
            yield self.case("placeholder-secret", "placeholder", request, keys=(Key("main", material),))
        if not self.scheme.key.strip and self.scheme.algorithm.startswith("hmac"):
            yield self.case(
                "secret-empty", "empty", self.signed(DOCUMENT, scheme=_texts(self.scheme), key=Key("", b""))
            )

    def two(self) -> Iterator[Case]:
        """Two faults at once: the body's is named, and the secret's beside it."""
        if not self.scheme.algorithm.startswith("hmac") or not self.scheme.message.uses("body"):
            return
        spoiled = Key("main", self.key.material + b"\n")
        foreign = secret_for(self.scheme, 3)
        yield self.case(
            "newline", "and secret", replace(self.signed(DOCUMENT + b"\n"), body=DOCUMENT), keys=(spoiled,)
        )
        request = replace(self.signed(written(DOCUMENT, PYTHON), key=foreign), body=DOCUMENT)
        yield self.case("reserialized", "and wrong secret", request, others=(foreign,))

    def headers(self) -> Iterator[Case]:
        request = self.signed(DOCUMENT)
        place = self.scheme.signature
        name = place.header.encode()
        fields = tuple(pair for pair in request.headers if pair[0].lower() != name)
        yield self.case("header-missing", "signature", replace(request, headers=fields))
        if self.scheme.timestamp and self.scheme.timestamp.header:
            stamp = self.scheme.timestamp.header.encode()
            without = tuple(pair for pair in request.headers if pair[0].lower() != stamp)
            yield self.case("header-missing", "timestamp", replace(request, headers=without))
        value = next(value for key, value in request.headers if key.lower() == name)
        if place.prefix and not place.prefix_optional:
            bare = value.removeprefix(place.prefix.encode())
            yield self.case("header-malformed", "prefix", replace(request, headers=(*fields, (name, bare))))
        yield self.case("header-malformed", "cut", replace(request, headers=(*fields, (name, value[:-6]))))
        yield self.case("header-malformed", "junk", replace(request, headers=(*fields, (name, b"{}"))))
        other = _OTHER_ENCODING[self.scheme.encoding]
        dressed = replace(self.scheme, encoding=other)
        yield self.case("wrong-encoding", other, self.signed(DOCUMENT, scheme=dressed))

    def others(self) -> Iterator[Case]:
        rule = self.scheme.timestamp
        request = self.signed(DOCUMENT)
        if rule is not None and rule.past_s is not None and not rule.field:
            yield self.case("replayed", "a day", request, now_s=NOW_S + 86_400 * 2.3)
            yield self.case("clock", "time zone", request, now_s=NOW_S + 7_201)
        if rule is not None and rule.future_s:
            yield self.case("clock", "future", request, now_s=NOW_S - 5_000)
        for algorithm in ("hmac-sha1", "hmac-sha256", "hmac-sha512"):
            if algorithm != self.scheme.algorithm:
                weaker = replace(self.scheme, algorithm=algorithm)
                yield self.case("wrong-algorithm", algorithm, self.signed(DOCUMENT, scheme=weaker))
        texts = ["{body}"] if not self.scheme.message.only_body else ["{url}{body}", "{method}{url}{body}"]
        if rule is not None and self.scheme.message.uses("timestamp"):
            texts += ["{timestamp}{body}", "{timestamp}.{body}", "{body}{timestamp}"]
        for text in texts:
            if text != self.scheme.message.text and self.scheme.algorithm.startswith("hmac"):
                foreign = replace(self.scheme, message=template.parse(text), url_variants="")
                yield self.case("wrong-recipe", text, self.signed(DOCUMENT, scheme=foreign))
        if self.scheme.algorithm == "sha256":
            texts = {"{key}{body}", "{key}{method}{url}{body}"} - {self.scheme.message.text}
            for text in sorted(texts):
                foreign = replace(self.scheme, message=template.parse(text))
                yield self.case("wrong-recipe", text, self.signed(DOCUMENT, scheme=foreign))
        altered = replace(request, body=DOCUMENT.replace(b"19.5", b"91.5"))
        good = verify(self.scheme, request, (self.key,), now_s=NOW_S)
        yield self.case("body-altered", "amount", altered, siblings=(good, good))
        lost = self.signed(DOCUMENT, key=secret_for(self.scheme, 9))
        bad = verify(self.scheme, lost, (self.key,), now_s=NOW_S)
        yield self.case("wrong-secret", "siblings", lost, siblings=(bad, bad, bad))
        if self.scheme.signs_url:
            yield from self.addresses()
        if self.scheme.message.uses("method"):
            yield self.case("method-changed", "PUT", replace(request, method="PUT"))
        yield from self.times()

    def times(self) -> Iterator[Case]:
        """The timestamp was changed on the way: by some seconds, or into another unit."""
        rule = self.scheme.timestamp
        if rule is None or rule.unit != "s" or not self.scheme.message.uses("timestamp"):
            return
        stamp = str(int(NOW_S)).encode()
        request = self.signed(DOCUMENT)
        for name, other in (("seconds", str(int(NOW_S) + 37).encode()), ("unit", stamp + b"000")):
            fields = tuple((key, value.replace(stamp, other)) for key, value in request.headers)
            yield self.case("timestamp-altered", name, replace(request, headers=fields))

    def addresses(self) -> Iterator[Case]:
        request = self.signed(DOCUMENT)
        right = request.url
        proxied = (*request.headers, (b"X-Forwarded-Host", b"hooks.example.com"))
        for name, url in (
            ("scheme", right.replace("https", "http")),
            ("slash", right.replace("abc", "abc/")),
            ("port", right.replace(".com", ".com:8443")),
            ("host", right.replace("hooks.example.com", "127.0.0.1:5000").replace("https", "http")),
        ):
            yield self.case("url-changed", name, replace(request, url=url, headers=proxied))
        local = right.replace("https://hooks.example.com", "http://localhost:5000")
        yield self.case("url-changed", "tunnel", replace(request, url=local), public_urls=(right,))


def _texts(scheme: Scheme) -> Scheme:
    return replace(scheme, key=KeyRule())


def written(body: bytes, writer: Writer) -> bytes:
    """The body as the language writes it; these documents give it no trouble."""
    made = rewrite(body, writer)
    assert made is not None
    return made
