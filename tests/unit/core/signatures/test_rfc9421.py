"""HTTP message signatures: the published examples of RFC 9421 and RFC 8941, and what must be refused."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from inspector.core.event import Verdict
from inspector.core.signatures import components, structured
from inspector.core.signatures.bundled import bundled
from inspector.core.signatures.outcome import Key, SignedRequest
from inspector.core.signatures.reading import Missing, Reading
from inspector.core.signatures.sign import sign, with_header
from inspector.core.signatures.structured import Item
from inspector.core.signatures.verify import verify

SCHEME = bundled()["rfc9421"]
CREATED_S = 1618884473
RSA_PSS = b"""-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr4tmm3r20Wd/PbqvP1s2
+QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct+Lh1GH45x28Rw3Ry53mm+
oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHq
gDsznjPFmTOtCEcN2Z1FpWgchwuYLPL+Wokqltd11nqqzi+bJ9cvSKADYdUAAN5W
Utzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4
aOT9v6d+nb4bnNkQVklLQ3fVAvJm+xdDOp9LCNCN48V2pnDOkFV6+U9nV5oyc6XI
2wIDAQAB
-----END PUBLIC KEY-----"""
ED25519 = b"""-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
-----END PUBLIC KEY-----"""
SHARED = b"uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="
DIGEST = "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"

KEYS = {"RSA_PSS": RSA_PSS, "ED25519": ED25519, "SHARED": SHARED}
EXAMPLES = {
    name: (KEYS[case["key"]], case["covered"], case["signature"])
    for name, case in json.loads((Path(__file__).parent / "rfc9421_examples.json").read_text("utf-8")).items()
}
"""RFC 9421 appendix B.2, the cases of requests."""


def example(name: str) -> SignedRequest:
    _, stated, signature = EXAMPLES[name]
    headers = {
        "Host": "example.com",
        "Date": "Tue, 20 Apr 2021 02:07:55 GMT",
        "Content-Type": "application/json",
        "Content-Digest": DIGEST,
        "Content-Length": "18",
        "Signature-Input": f"sig-{name}={stated}",
        "Signature": f"sig-{name}=:{signature}:",
    }
    raw = tuple((key.encode(), value.encode()) for key, value in headers.items())
    return SignedRequest("POST", "https://example.com/foo?param=Value&Pet=dog", raw, b'{"hello": "world"}')


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_the_published_examples_verify(name):
    key = Key("k", EXAMPLES[name][0])
    assert verify(SCHEME, example(name), [key], now_s=CREATED_S + 5).verdict is Verdict.VALID
    cut = with_header(example(name).headers, "signature", f"sig-{name}=:AAAA:")
    assert verify(SCHEME, replace(example(name), headers=cut), [key], now_s=0).trouble == "mismatch"
    for other in sorted({ED25519, RSA_PSS, b"other"} - {key.material}):
        assert verify(SCHEME, example(name), [Key("k", other)], now_s=0).verdict is Verdict.INVALID


def test_a_covered_digest_is_compared_with_the_body():
    outcome = verify(SCHEME, replace(example("b22"), body=b"{}"), [Key("k", RSA_PSS)], now_s=0)
    assert outcome.trouble == "mismatch"
    assert any("body was altered" in step.detail for step in outcome.steps)
    uncovered = verify(SCHEME, replace(example("b25"), body=b"{}"), [Key("k", SHARED)], now_s=0)
    assert "does not cover the body" in uncovered.remarks[0]


def test_what_is_covered_must_be_there_and_unchanged():
    key = [Key("k", SHARED)]
    seen = example("b25")
    assert verify(SCHEME, replace(seen, url="https://other.example/"), key, now_s=0).trouble == "mismatch"
    for unreadable in ("", "http://[::1"):
        assert verify(SCHEME, replace(seen, url=unreadable), key, now_s=0).trouble == "url-missing"
    without = tuple(pair for pair in seen.headers if pair[0] != b"Date")
    assert verify(SCHEME, replace(seen, headers=without), key, now_s=0).trouble == "header-missing"
    nothing = tuple(pair for pair in seen.headers if pair[0] != b"Signature-Input")
    assert verify(SCHEME, replace(seen, headers=nothing), key, now_s=0).verdict is Verdict.INVALID


def keys():
    pem = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    yield Key("hmac", SHARED)
    yield Key("p256", ec.generate_private_key(ec.SECP256R1()).private_bytes(*pem))
    yield Key("p384", ec.generate_private_key(ec.SECP384R1()).private_bytes(*pem))
    yield Key("rsa", rsa.generate_private_key(65537, 2048).private_bytes(*pem))


@pytest.mark.parametrize("key", list(keys()), ids=lambda key: key.name)
def test_what_we_sign_covers_the_body(key):
    fresh = sign(SCHEME, replace(example("b22"), body=b"new"), key, now_s=2e9)
    outcome = verify(SCHEME, fresh, [key], now_s=2e9 + 60)
    assert (outcome.verdict, outcome.age_s) == (Verdict.VALID, 60)
    assert b'"@query-param";name="Pet": dog' in (outcome.message or b"")
    assert verify(SCHEME, replace(fresh, body=b"old"), [key], now_s=2e9).trouble == "mismatch"
    assert verify(SCHEME, fresh, [key], now_s=2e9 + 61, tolerance_s=60).trouble == "too-old"


def test_an_expired_signature_is_too_old():
    stated = b'sig1=("@method");created=100;expires=200'
    seen = SignedRequest(
        "POST", "https://h/", ((b"Signature-Input", stated), (b"Signature", b"sig1=:AA==:")), b""
    )
    fresh = sign(SCHEME, seen, Key("k", SHARED), now_s=100)
    assert b"expires" not in dict(fresh.headers)[b"Signature-Input"]
    message = b'"@method": POST\n"@signature-params": ("@method");created=100;expires=200'
    raw = base64.b64encode(hmac.digest(base64.b64decode(SHARED), message, "sha256"))
    mine = replace(seen, headers=((b"Signature-Input", stated), (b"Signature", b"sig1=:" + raw + b":")))
    assert verify(SCHEME, mine, [Key("k", SHARED)], now_s=200).verdict is Verdict.VALID
    assert verify(SCHEME, mine, [Key("k", SHARED)], now_s=201).trouble == "too-old"
    assert verify(SCHEME, mine, [Key("k", SHARED)], now_s=201, ignore_time=True).verdict is Verdict.VALID


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ('"example-dict";key="b"', "2;x=1;y=2"),
        ('"example-dict";sf', "a=1, b=2;x=1;y=2, c=(a b c), d"),
        ('"twice";bs', ":dmFsdWUsIHdpdGgsIGxvdHM=:, :b2YsIGNvbW1hcw==:"),
        ('"twice"', "value, with, lots, of, commas"),
        ('"empty"', ""),
        ('"@authority"', "www.example.com"),
        ('"@scheme"', "https"),
        ('"@path"', "/Path"),
        ('"@request-target"', "/Path?var=a%20b%0Ac&bar=with+plus&qux=&fa%C3%A7ade%22%3A%20=x"),
        ('"@query-param";name="var"', "a%20b%0Ac"),
        ('"@query-param";name="bar"', "with%20plus"),
        ('"@query-param";name="qux"', ""),
        ('"@query-param";name="fa%C3%A7ade%22%3A%20"', "x"),
        ('"@status"', None),
        ('"@method";req', None),
        ('"@query-param";name="nope"', None),
        ('"missing"', None),
        ('"example-dict";key="zz"', None),
    ],
)
def test_components(item, expected):
    headers = (
        (b"Example-Dict", b"a=1,    b=2;x=1;y=2,   c=(a   b   c), d"),
        (b"Twice", b"value, with, lots"),
        (b"Twice", b"of, commas"),
        (b"Empty", b""),
    )
    url = "HTTPS://WWW.Example.COM:443/Path?var=a%20b%0Ac&bar=with+plus&qux=&fa%C3%A7ade%22%3A%20=x"
    seen = Reading(SCHEME, SignedRequest("POST", url, headers, b""))
    covered = structured.dictionary(f"s=({item})")["s"]
    assert isinstance(covered, structured.InnerList)
    if expected is None:
        with pytest.raises(Missing):
            components.base(seen, covered)
    else:
        assert components.base(seen, covered).decode().split("\n")[0] == f"{item}: {expected}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('en="Applepie", da=:w4ZibGV0w6ZydGU=:', 'en="Applepie", da=:w4ZibGV0w6ZydGU=:'),
        ("a=?0, b, c; foo=bar", "a=?0, b, c;foo=bar"),
        ("rating=1.5, feelings=(joy sadness)", "rating=1.5, feelings=(joy sadness)"),
        ("a=1, b=2, a=3", "a=3, b=2"),
        ('("foo"; a=1;b=2);lvl=5, ("bar" "baz");lvl=1', '("foo";a=1;b=2);lvl=5, ("bar" "baz");lvl=1'),
    ],
)
def test_structured_fields_are_serialised_strictly(text, expected):
    assert structured.canonical(text) == expected


@pytest.mark.parametrize("text", ["a=1,", "a=(1", 'a="x', "A=1", "a=:?:", "a=1 b=2", "a=(1,2)"])
def test_what_is_no_structured_field_is_refused(text):
    with pytest.raises(structured.StructuredError):
        structured.dictionary(text)


def test_a_component_must_not_be_covered_twice():
    seen = Reading(SCHEME, example("b25"))
    with pytest.raises(Missing):
        components.base(seen, structured.InnerList((Item("date"), Item("date"))))
