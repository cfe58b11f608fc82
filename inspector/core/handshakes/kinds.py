"""The handshakes that are known, as a table: who asks, how it is recognised, which document says so."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.core.event import Reply


@dataclass(frozen=True, slots=True)
class Handshake:
    """A request that is surely a provider's question, and the answer to it."""

    kind: str
    """The id of its kind, for switches and marks."""
    reply: Reply
    name: str = ""
    """Whose question it is, in words."""
    note: str = ""
    """What a person should know or do; empty where nothing is left to do."""
    link: str = ""
    """An address to open in order to confirm (AWS SNS); it is never opened without being asked."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One provider's handshake."""

    id: str
    name: str
    does: str
    """What is answered, in words, for the settings."""
    docs: str
    """The document that describes it, without the protocol."""


@dataclass(frozen=True, slots=True)
class Echo:
    """A handshake that is answered with a value from the request and needs no key."""

    kind: Kind
    methods: tuple[str, ...]
    take: str
    """Where the value stands: `query:NAME`, `header:NAME` or `json:NAME`."""
    body: str = ""
    """The body of the answer as JSON with `%s` for the value; empty: the value itself, as text."""
    header: str = ""
    """The header that takes the value instead of a body."""
    when_query: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Parameters that must be there, each with one of these values."""
    when_header: tuple[tuple[str, str], ...] = ()
    """Header fields that must be there with this value (without case)."""
    when_json: tuple[tuple[str, str], ...] = ()
    """Members of the JSON object that must be there with this value."""
    alone: bool = False
    """The parameter is the only one of the query."""
    note: str = ""


META = Kind(
    "meta", "Meta, WhatsApp", "echoes hub.challenge", "developers.facebook.com/docs/graph-api/webhooks"
)
WEBSUB = Kind("websub", "WebSub", "echoes hub.challenge", "www.w3.org/TR/websub/#hub-verifies-intent")
SLACK = Kind("slack", "Slack", "echoes challenge", "docs.slack.dev/reference/events/url_verification")
DROPBOX = Kind("dropbox", "Dropbox", "echoes challenge", "www.dropbox.com/developers/reference/webhooks")
TWITCH = Kind("twitch", "Twitch EventSub", "echoes challenge", "dev.twitch.tv/docs/eventsub")
ASANA = Kind("asana", "Asana", "echoes X-Hook-Secret", "developers.asana.com/docs/webhooks-guide")
OKTA = Kind("okta", "Okta", "answers with the verification", "developer.okta.com/docs/concepts/event-hooks")
GRAPH = Kind(
    "microsoft-graph", "Microsoft Graph", "echoes validationToken", "learn.microsoft.com/graph/webhooks"
)
CLOUDEVENTS = Kind(
    "cloudevents", "CloudEvents", "allows the sender's origin", "github.com/cloudevents/spec http-webhook.md"
)
ZOOM = Kind("zoom", "Zoom", "signs plainToken", "developers.zoom.us/docs/api/webhooks")
X_TWITTER = Kind("x-twitter", "X (Twitter)", "signs crc_token", "docs.x.com account-activity")
DISCORD = Kind(
    "discord", "Discord", "answers PING, 401 to a bad signature", "docs.discord.com webhook-events"
)
XERO = Kind(
    "xero",
    "Xero",
    "200 to a right signature, 401 to a wrong one",
    "developer.xero.com/documentation/webhooks",
)
TRELLO = Kind(
    "trello", "Trello", "200 to HEAD", "developer.atlassian.com/cloud/trello/guides/rest-api/webhooks"
)
SNS = Kind("aws-sns", "AWS SNS", "shows the link that confirms", "docs.aws.amazon.com/sns")

_MODES = ("subscribe", "unsubscribe")

ECHOES: tuple[Echo, ...] = (
    Echo(
        WEBSUB,
        ("GET",),
        "query:hub.challenge",
        when_query=(("hub.mode", _MODES), ("hub.topic", ())),
    ),
    Echo(META, ("GET",), "query:hub.challenge", when_query=(("hub.mode", _MODES),)),
    Echo(SLACK, ("POST",), "json:challenge", when_json=(("type", "url_verification"),)),
    Echo(
        TWITCH,
        ("POST",),
        "json:challenge",
        when_header=(("twitch-eventsub-message-type", "webhook_callback_verification"),),
    ),
    Echo(DROPBOX, ("GET",), "query:challenge", alone=True),
    Echo(GRAPH, ("POST", "GET"), "query:validationToken", note="The token was sent by Microsoft Graph."),
    Echo(OKTA, ("GET",), "header:x-okta-verification-challenge", body='{"verification": %s}'),
    Echo(
        ASANA,
        ("POST",),
        "header:x-hook-secret",
        header="X-Hook-Secret",
        note="Asana signs with the value of X-Hook-Secret from now on: store it as the secret here.",
    ),
)
"""In the order in which they are tried; the first that fits answers."""

TELLING_HEADERS = frozenset(
    (b"twitch-eventsub-message-type", b"x-hook-secret", b"x-signature-ed25519", b"x-xero-signature")
)
"""A POST with none of these, none of the words below and no validationToken is an ordinary event."""
TELLING_WORDS = (
    b"url_verification",
    b"endpoint.url_validation",
    b"SubscriptionConfirmation",
    b"UnsubscribeConfirmation",
)

KINDS: tuple[Kind, ...] = (
    SLACK, ZOOM, META, WEBSUB, DROPBOX, TWITCH, ASANA, OKTA,
    GRAPH, DISCORD, XERO, TRELLO, X_TWITTER, SNS, CLOUDEVENTS,
)  # fmt: skip
"""All of them; each can be switched off by its id."""
