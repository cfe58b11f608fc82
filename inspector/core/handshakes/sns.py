"""AWS SNS asks to open a link; it is shown, and opened only when a person says so."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from inspector.core.event import Reply
from inspector.core.handshakes.asked import Asked
from inspector.core.handshakes.kinds import SNS, Handshake

_TYPES = ("SubscriptionConfirmation", "UnsubscribeConfirmation")
_HOST = re.compile(r"sns\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?")


def confirmation(asked: Asked) -> Handshake | None:
    """A SubscriptionConfirmation or UnsubscribeConfirmation; `link` is set only for an address of AWS."""
    kind = asked.header("x-amz-sns-message-type")
    if asked.request.method != "POST" or (kind and kind not in _TYPES):
        return None
    if not asked.may_hold(*(one.encode() for one in _TYPES)):
        return None
    link = asked.members.get("SubscribeURL")
    if (
        asked.members.get("Type") not in _TYPES
        or not isinstance(link, str)
        or "TopicArn" not in asked.members
    ):
        return None
    if not is_of_aws(link):
        note = "The link of this confirmation does not lead to AWS SNS: it is not offered."
        return Handshake(SNS.id, Reply(200), SNS.name, note)
    note = "Open the link to confirm the subscription of this topic."
    if asked.members["Type"] == _TYPES[1]:
        note = "The subscription was cancelled. Open the link only to subscribe again."
    return Handshake(SNS.id, Reply(200), SNS.name, note, link)


def is_of_aws(link: str) -> bool:
    """Whether the link leads to SNS over https and to no other port or user."""
    try:
        parts = urlsplit(link)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    return (
        parts.scheme == "https"
        and port in (None, 443)
        and "@" not in parts.netloc
        and _HOST.fullmatch(host) is not None
        and link.isprintable()
    )
