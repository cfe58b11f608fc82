"""What is read from the events of each provider, and that nothing hostile gets through."""

from __future__ import annotations

import gzip
import json
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.core.dialects import builtin, dialect_by_headers, dialect_for, read
from inspector.core.dialects_body import MAX_INFLATED_BYTES
from inspector.core.dialects_file import load
from inspector.core.event import Arrival, Capture, Reading, Request, Times

S = 10**9
SENT_NS = 1705314600250000000
NUDJ = {
    "id": "evt_1",
    "type": "challenge.completed",
    "timestamp": "2024-01-15T10:30:00.25Z",
    "data": {"id": "chal_9", "type": "other"},
    "metadata": {"retryCount": 2},
}


def _request(headers: dict[str, str] | None = None, body: object = b"", path: str = "/") -> Request:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    pairs = tuple((name.encode(), value.encode()) for name, value in (headers or {}).items())
    return Request(f"POST {path} HTTP/1.1".encode(), pairs, raw)


def _read(
    headers: dict[str, str] | None = None, body: object = b"", *, dialect: str = "", path: str = "/"
) -> Reading:
    return read(Arrival(Capture(_request(headers, body, path), Times(1, 1, 1, 1, 1)), "", dialect))


@pytest.mark.parametrize(
    ("headers", "body", "reading"),
    [
        ({"X-Nudj-Signature": "sha256=0"}, NUDJ, Reading("challenge.completed", "evt_1", SENT_NS, 2)),
        ({"X-Nudj-Event": "reward.earned", "X-Nudj-Delivery-Id": "d1"}, {}, Reading("reward.earned", "d1")),
        ({"X-GitHub-Event": "push", "X-GitHub-Delivery": "d-1"}, {"type": "x"}, Reading("push", "d-1")),
        (
            {"Stripe-Signature": "t=1795446000,v1=ab,v1=cd"},
            {"id": "evt_2", "type": "invoice.paid", "created": 1795440000},
            Reading("invoice.paid", "evt_2", 1795446000 * S),
        ),
        (
            {"Stripe-Signature": "v1=ab"},
            {"id": "evt_2", "type": "invoice.paid", "created": 1795440000},
            Reading("invoice.paid", "evt_2", 1795440000 * S),
        ),
        (
            {"Webhook-Id": "msg_1", "Webhook-Timestamp": "1795446000", "Webhook-Signature": "v1,x"},
            {"type": "user.created", "timestamp": "2024-01-15T10:30:00Z"},
            Reading("user.created", "msg_1", 1795446000 * S),
        ),
        (
            {"svix-id": "msg_2", "svix-timestamp": "1795446000", "svix-signature": "v1,x"},
            {"eventType": "a.b"},
            Reading("a.b", "msg_2", 1795446000 * S),
        ),
        (
            {"X-Slack-Request-Timestamp": "1795446000", "X-Slack-Retry-Num": "1"},
            {"type": "event_callback", "event_id": "Ev1", "event": {"type": "message"}},
            Reading("message", "Ev1", 1795446000 * S, 1),
        ),
        (
            {"X-Slack-Signature": "v0=1"},
            {"type": "url_verification", "event": "text"},
            Reading("url_verification"),
        ),
        (
            {
                "X-Shopify-Topic": "orders/create",
                "X-Shopify-Webhook-Id": "w1",
                "X-Shopify-Event-Id": "e1",
                "X-Shopify-Triggered-At": "2026-11-23T15:00:00.123456789Z",
            },
            {"id": 1},
            Reading("orders/create", "w1", 1795446000123456789),
        ),
        ({"shopify-topic": "Product", "shopify-webhook-id": "w1"}, {}, Reading("Product", "w1")),
        (
            {"X-Gitlab-Event": "Push Hook", "webhook-id": "g1", "webhook-timestamp": "1795446000"},
            {},
            Reading("Push Hook", "g1", 1795446000 * S),
        ),
        (
            {"I-Twilio-Idempotency-Token": "t1", "Content-Type": "application/x-www-form-urlencoded"},
            b"MessageSid=SM1&MessageStatus=delivered",
            Reading("delivered", "t1"),
        ),
        (
            {"X-Signature-Ed25519": "00", "X-Signature-Timestamp": "1795446000"},
            {"type": 1, "id": "77"},
            Reading("1", "77", 1795446000 * S),
        ),
        (
            {"X-Twilio-Email-Event-Webhook-Timestamp": "1795446000"},
            [{"event": "bounce", "sg_event_id": "sg1"}, {"event": "open"}],
            Reading("bounce", "sg1", 1795446000 * S),
        ),
        ({"Linear-Event": "Issue"}, {"webhookTimestamp": SENT_NS // 10**6}, Reading("Issue", "", SENT_NS)),
        ({}, {"type": "order.paid", "id": "order_1"}, Reading("order.paid")),
        ({}, {}, Reading()),
    ],
)  # fmt: skip
def test_reads_what_the_provider_wrote(headers: dict[str, str], body: object, reading: Reading) -> None:
    assert _read(headers, body) == reading


def test_is_found_by_source_then_headers_then_path() -> None:
    github = {"X-GitHub-Event": "push"}
    assert dialect_for(_request(github, path="/webhooks/stripe"), "nudj") == "nudj"
    assert dialect_for(_request(github, path="/webhooks/stripe")) == "github"
    assert dialect_for(_request(path="/webhooks/Stripe?x=/slack")) == "stripe"
    assert dialect_for(_request(github), "unheard-of") == "github"
    assert dialect_by_headers(_request(path="/webhooks/stripe")) == ""
    assert dialect_by_headers(_request({"svix-id": "1", "webhook-id": "2"})) == "svix"


def test_a_dialect_of_the_source_that_reads_nothing_gives_way() -> None:
    assert _read({"X-GitHub-Event": "push"}, dialect="nudj") == Reading("push")


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "bare"])
def test_reads_compressed_bodies(coding: str) -> None:
    plain = json.dumps(NUDJ).encode()
    bare = zlib.compressobj(wbits=-15)
    packed = {
        "gzip": gzip.compress(plain, mtime=0),
        "deflate": zlib.compress(plain),
        "br": brotli.compress(plain),
        "zstd": zstandard.compress(plain),
        "bare": bare.compress(plain) + bare.flush(),
    }[coding]
    header = {"Content-Encoding": "deflate" if coding == "bare" else coding}
    assert _read(header, packed, dialect="nudj").event_id == "evt_1"
    assert _read(header, packed[: len(packed) // 2], dialect="nudj") == Reading()
    assert _read(header, b"no such thing", dialect="nudj") == Reading()


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_body_that_grows_beyond_the_bound_is_not_read(coding: str) -> None:
    plain = b'{"type":"x"}' + b" " * MAX_INFLATED_BYTES
    packed = {
        "gzip": lambda: gzip.compress(plain, 1, mtime=0),
        "deflate": lambda: zlib.compress(plain, 1),
        "br": lambda: brotli.compress(plain, quality=1),
        "zstd": lambda: zstandard.compress(plain, 1),
    }[coding]()
    assert _read({"Content-Encoding": coding}, packed, dialect="nudj") == Reading()


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"type":"x"',
        b'{"type":"x"} trailing',
        b'{"a":' + b"[" * 100_000,
        b'{"type":"\xff\xfe","id":"\\ud800"}',
        b'{"type":null,"id":{},"timestamp":[]}',
        b'{"metadata":"text","timestamp":"99999999999999999999"}',
        b'{"timestamp":"2024-99-99T00:00:00Z","metadata":{"retryCount":-1}}',
        b'{"metadata":{"retryCount":1e400}}',
        b"\x00\x01\x02",
        b'"text"',
        b"[1,2]",
    ],
    ids=[f"broken-{number}" for number in range(12)],
)
def test_broken_bodies_give_empty_readings(body: bytes) -> None:
    assert _read(body=body, dialect="nudj") == Reading()


def test_values_are_made_harmless() -> None:
    hostile = {"type": "\x1b[31mred\n\u202eevil", "id": "x" * 600, "timestamp": 1795446000123}
    reading = _read(body=hostile, dialect="nudj")
    assert reading.event_type == "\ufffd[31mred\ufffd\ufffdevil"
    assert reading.event_id == "x" * 512
    assert reading.sent_at_ns == 1795446000123 * 10**6
    assert _read(body={"type": "x" * 5000}, dialect="nudj") == Reading()


@pytest.mark.parametrize(
    ("moment", "nanoseconds"),
    [
        ("2024-01-15T10:30:00Z", 1705314600 * S),
        ("2024-01-15T10:30:00.123Z", 1705314600123 * 10**6),
        ("2024-01-15T10:30:00.123456789Z", 1705314600123456789),
        ("2024-01-15T10:30:00.1234567891Z", 1705314600123456789),
        ("2024-01-15T12:30:00+02:00", 1705314600 * S),
        ("2024-01-15 10:30:00", 1705314600 * S),
        (1705314600, 1705314600 * S),
        ("1705314600.5", 1705314600 * S + S // 2),
        (1705314600123, 1705314600123 * 10**6),
        ("2024-99-15T10:30:00Z", None),
        ("yesterday", None),
        (0, None),
    ],
)
def test_moments_come_in_many_forms(moment: object, nanoseconds: int | None) -> None:
    assert _read(body={"timestamp": moment}, dialect="nudj").sent_at_ns == nanoseconds


def test_a_byte_order_mark_is_passed_over() -> None:
    assert _read(body=b'\xef\xbb\xbf{"type":"x"}', dialect="nudj") == Reading("x")


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from([dialect.id for dialect in builtin().all]),
    st.binary(max_size=60)
    | st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda inner: st.dictionaries(
            st.sampled_from(["type", "id", "metadata", "event", "timestamp"]), inner
        ),
        max_leaves=6,
    ).map(lambda value: json.dumps(value).encode()),
    st.sampled_from(["", "gzip", "br", "zstd", "deflate", "gzip, br"]),
)
def test_nothing_makes_reading_fail(dialect: str, body: bytes, coding: str) -> None:
    headers = {"Content-Encoding": coding, "Content-Type": "application/x-www-form-urlencoded"}
    assert isinstance(_read(headers, body, dialect=dialect), Reading)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[a]\ntyp = []", "a: there is no setting typ"),
        ('[a]\ntype = "x"', "a.type: a list"),
        ('[a]\ntype = ["x"]', "no place"),
        ('[a]\nsent_at = [{ from = "body:x", unit = "min" }]', "a.sent_at"),
        ("a = 1", "a: a table"),
    ],
)
def test_a_mistake_in_a_file_is_named(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        load(text)
