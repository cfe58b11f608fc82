"""Each provider's question gets its answer, and ordinary events get none."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from inspector.core import headers
from inspector.core.event import Request
from inspector.core.handshakes import KINDS, answer
from inspector.core.handshakes.sns import is_of_aws
from inspector.core.signatures.outcome import Key

_KEY = Key("main", b"the secret")


def ask(line: str, body: object = b"", **fields: str) -> Request:
    pairs = tuple((name.replace("_", "-").encode(), value.encode()) for name, value in fields.items())
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Request(f"{line} HTTP/1.1".encode(), pairs, data)


@pytest.mark.parametrize(
    ("kind", "request_", "expected"),
    [
        ("slack", ask("POST /", {"token": "t", "challenge": "3eZ", "type": "url_verification"}), b"3eZ"),
        ("meta", ask("GET /m?hub.mode=subscribe&hub.challenge=115&hub.verify_token=x"), b"115"),
        ("websub", ask("GET /?hub.mode=subscribe&hub.topic=http%3A%2F%2Fa&hub.challenge=a%20b"), b"a b"),
        ("dropbox", ask("GET /?challenge=abc%3Cb%3E"), b"abc<b>"),
        (
            "twitch",
            ask(
                "POST /",
                {"challenge": "pog", "subscription": {}},
                Twitch_Eventsub_Message_Type="webhook_callback_verification",
            ),
            b"pog",
        ),
        (
            "microsoft-graph",
            ask("POST /g?validationToken=Validation%3A+Testing+%3Cx%3E"),
            b"Validation: Testing <x>",
        ),
        ("okta", ask("GET /", x_okta_verification_challenge='a"b'), rb'{"verification": "a\"b"}'),
    ],
    ids=["slack", "meta", "websub", "dropbox", "twitch", "graph", "okta"],
)
def test_a_challenge_is_echoed(kind: str, request_: Request, expected: bytes) -> None:
    found = answer(request_)
    assert found is not None
    assert (found.kind, found.reply.status, found.reply.body) == (kind, 200, expected)
    kind_of_body = headers.text(found.reply.headers, "content-type")
    assert kind_of_body.startswith("application/json" if kind == "okta" else "text/plain")
    assert headers.text(found.reply.headers, "x-content-type-options") == "nosniff"
    assert answer(request_, off={kind, "meta", "websub"}) is None


def test_asana_gets_its_header_back_and_the_secret_is_pointed_out() -> None:
    found = answer(ask("POST /", X_Hook_Secret="s3cret"))
    assert found is not None
    assert headers.text(found.reply.headers, "x-hook-secret") == "s3cret"
    assert "store it" in found.note
    assert "s3cret" not in found.note


def test_zoom_gets_the_signed_token() -> None:
    body = {"event": "endpoint.url_validation", "payload": {"plainToken": "qgg8"}, "event_ts": 1}
    found = answer(ask("POST /", body), keys=[_KEY])
    assert found is not None
    assert json.loads(found.reply.body) == {
        "plainToken": "qgg8",
        "encryptedToken": hmac.new(b"the secret", b"qgg8", hashlib.sha256).hexdigest(),
    }
    keyless = answer(ask("POST /", body))
    assert keyless is not None
    assert keyless.reply.status == 500
    assert "secret token" in keyless.note


def test_x_gets_the_response_token() -> None:
    found = answer(ask("GET /?crc_token=abc&nonce=1"), keys=[_KEY])
    assert found is not None
    digest = base64.b64encode(hmac.digest(b"the secret", b"abc", "sha256")).decode()
    assert json.loads(found.reply.body) == {"response_token": f"sha256={digest}"}


@pytest.mark.parametrize(
    ("body", "status"),
    [({"type": 1, "id": "1"}, 200), ({"version": 1, "application_id": "1", "type": 0}, 204)],
    ids=["interaction", "event"],
)
def test_discord_is_answered_by_its_signature(body: dict[str, object], status: int) -> None:
    private = Ed25519PrivateKey.generate()
    key = Key("discord", private.public_key().public_bytes_raw().hex().encode())
    data = json.dumps(body).encode()
    signature = private.sign(b"1700000000" + data).hex()
    good = answer(
        ask("POST /", data, X_Signature_Ed25519=signature, X_Signature_Timestamp="1700000000"), keys=[key]
    )
    bad = answer(
        ask("POST /", data, X_Signature_Ed25519=signature, X_Signature_Timestamp="1700000001"), keys=[key]
    )
    junk = answer(ask("POST /", data, X_Signature_Ed25519="zz"), keys=[key])
    assert good is not None
    assert bad is not None
    assert junk is not None
    assert (good.reply.status, bad.reply.status, junk.reply.status) == (status, 401, 401)
    if status == 200:
        assert json.loads(good.reply.body) == {"type": 1}


def test_xero_is_answered_by_its_signature() -> None:
    body = b'{"events":[],"firstEventSequence": 0,"lastEventSequence": 0, "entropy": "S0m3r4Nd0mt3xt"}'
    right = base64.b64encode(hmac.digest(b"the secret", body, "sha256")).decode()
    replies = [
        answer(ask("POST /", body, x_xero_signature=signature), keys=keys)
        for signature, keys in (
            (right, [Key("old", b"x"), _KEY]),
            (right, [Key("a", b"x")]),
            ("?", [_KEY]),
            (right, []),
        )
    ]
    assert [(one.reply.status, one.reply.body) for one in replies if one is not None] == [
        (200, b""),
        (401, b""),
        (401, b""),
        (401, b""),
    ]
    events = ask("POST /", {"events": [{"a": 1}]}, x_xero_signature=right)
    assert answer(events, keys=[_KEY]) is None


def test_sns_shows_its_link_and_only_one_of_aws() -> None:
    link = "https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&Token=2336"
    body = {"Type": "SubscriptionConfirmation", "TopicArn": "arn:aws:sns:x", "SubscribeURL": link}
    found = answer(ask("POST /", body, x_amz_sns_message_type="SubscriptionConfirmation"))
    assert found is not None
    assert (found.kind, found.reply.status, found.link) == ("aws-sns", 200, link)
    evil = answer(
        ask("POST /", {**body, "SubscribeURL": "https://sns.us-west-2.amazonaws.com.evil.example/"})
    )
    assert evil is not None
    assert evil.link == ""


@pytest.mark.parametrize(
    "link",
    [
        "http://sns.us-east-1.amazonaws.com/",
        "https://sns.us-east-1.amazonaws.com:8443/",
        "https://sns.us-east-1.amazonaws.com@evil.example/",
        "https://evil.example/sns.us-east-1.amazonaws.com",
        "https://[::1",
    ],
    ids=["http", "port", "user", "path", "broken"],
)
def test_links_that_are_not_of_aws(link: str) -> None:
    assert not is_of_aws(link)


def test_cloudevents_and_trello() -> None:
    found = answer(
        ask("OPTIONS /", WebHook_Request_Origin="eventemitter.example.com", WebHook_Request_Rate="120")
    )
    assert found is not None
    assert headers.text(found.reply.headers, "webhook-allowed-origin") == "eventemitter.example.com"
    assert headers.text(found.reply.headers, "webhook-allowed-rate") == "120"
    trello = answer(ask("HEAD /t"), scheme="trello")
    assert trello is not None
    assert trello.reply.status == 200


@pytest.mark.parametrize(
    "request_",
    [
        ask("POST /", {"type": "order.paid", "challenge": "x"}),
        ask("POST /", {"type": "message", "text": "url_verification", "challenge": "x"}),
        ask("GET /?challenge=a&b=c"),
        ask("GET /?hub.challenge=1"),
        ask("POST /?challenge=a"),
        ask("HEAD /"),
        ask("OPTIONS /", Access_Control_Request_Method="POST"),
        ask("POST /", {"type": 1}),
        ask("POST /", {"type": True}, X_Signature_Ed25519="00"),
        ask("POST /", {"event": "endpoint.url_validation"}),
        ask("POST /", {"event": "endpoint.url_validation", "payload": {"plainToken": 3}}),
        ask("POST /", {"Type": "Notification", "Message": "SubscriptionConfirmation"}),
        ask("POST /", b'{"type":"url_verification","challenge":"' + b"x" * 70_000 + b'"}'),
        ask("POST /", b"[" * 60_000 + b'"url_verification"'),
        ask("POST /", b'{"a":' * 9_000 + b'"url_verification"'),
        ask("GET /?" + "&".join(f"a{index}=1" for index in range(200))),
    ],
    ids=lambda request_: None,
)
def test_ordinary_events_are_left_alone(request_: Request) -> None:
    assert answer(request_, keys=[_KEY]) is None


def test_every_kind_has_an_id_of_its_own() -> None:
    assert len({kind.id for kind in KINDS}) == len(KINDS) == 15
