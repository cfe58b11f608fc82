"""Whatever comes in headers, bodies, URLs and keys, checking and signing never fail with a traceback."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.core.event import Verdict
from inspector.core.signatures.bundled import bundled
from inspector.core.signatures.checker import Checker
from inspector.core.signatures.detect import detect
from inspector.core.signatures.explain import visible
from inspector.core.signatures.outcome import Key, SignedRequest
from inspector.core.signatures.sign import Unsignable, sign
from inspector.core.signatures.verify import verify
from tests.unit.core.signatures.material import keys_for

SCHEMES = st.sampled_from(sorted(bundled().records)).map(bundled().__getitem__)
PIECES = st.sampled_from([
    b"t=1", b"v1=", b"v1,", b"sha256=", b"0", b"=", b",", b";", b" ", b".", b"e30", b"\xff", b"ab" * 32,
    b"A" * 43 + b"=", b'sig1=("@path" "date";sf "@query-param");created=x', b'sig1=("@method");created=1',
    b"sig1=:QUJD:", b":", b"(", b'"', b"1795446000", b"9" * 30, b"-1", b"2026-02-30T00:00:00Z",
    b"eyJhbGciOiJIUzI1NiJ9", b"eyJhbGciOlsxXX0", b"2" * 400,
])  # fmt: skip
VALUES = st.lists(PIECES, max_size=5).map(b"".join) | st.binary(max_size=30)
BODIES = st.binary(max_size=60) | st.sampled_from([
    b"", b"[" * 5000, b'{"Type":[],"Signature":"QUJD","SignatureVersion":{}}',
    b'{"signature":{"signature":"a","timestamp":[]}}', b'{"webhookTimestamp":1e999}',
    b'{"webhookTimestamp":true,"time_ms":{}}', b'{"notificationItems":[{"NotificationRequestItem":{}}]}',
    b'{"Signature":"\\ud800"}', b'{"Signature":"QUJD","SignatureVersion":"1","Type":"\\ud83d"}',
])  # fmt: skip
URLS = st.sampled_from(
    ["", "https://h/x?bodySHA256", "http://[::1", "http://h:99999/", "::::", "https://h/\udcff", "/x"]
)
KEYS = st.binary(max_size=40) | st.sampled_from([
    b"", b"{}", b'{"keys":[]}', b'{"keys":[7]}', b'{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}',
    b'{"kty":"RSA","n":"AA","e":"AQ"}', b"-----BEGIN CERTIFICATE-----", b'{"kty":"oct","k":7}',
    b"-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----", b"[" * 3000,
])  # fmt: skip


@st.composite
def requests(draw):
    scheme = draw(SCHEMES)
    names = [scheme.signature.header, *scheme.require, scheme.message_id, "content-digest", "signature-input",
             "x-contentful-signed-headers", scheme.timestamp.header if scheme.timestamp else ""]  # fmt: skip
    chosen = (
        draw(st.lists(st.sampled_from([name for name in names if name]), max_size=5)) if any(names) else []
    )
    headers = tuple((name.encode(), draw(VALUES)) for name in chosen)
    return scheme, SignedRequest("POST", draw(URLS), headers, draw(BODIES))


@settings(max_examples=200, deadline=None)
@given(requests(), KEYS)
def test_nothing_hostile_raises_or_verifies(case, material):
    scheme, seen = case
    given_keys = [Key("hostile", material), *keys_for(scheme)[1]]
    outcome = verify(scheme, seen, given_keys, now_s=1_795_446_000)
    assert outcome.verdict in (Verdict.INVALID, Verdict.UNSIGNED) or scheme.algorithm == "token"
    assert Checker(scheme, given_keys).check(seen, 1_795_446_000).verdict is outcome.verdict
    visible(outcome.message or b"")
    detect(bundled(), seen.headers, seen.body)


@settings(max_examples=150, deadline=None)
@given(requests(), KEYS)
def test_signing_refuses_in_its_own_way(case, material):
    scheme, seen = case
    for key in (Key("hostile", material), keys_for(scheme)[0]):
        with suppress(Unsignable):
            fresh = sign(scheme, seen, key, now_s=1_795_446_000, second=Key("second", b"x"))
            assert isinstance(fresh, SignedRequest)
