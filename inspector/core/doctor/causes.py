"""The causes as a table: id, sentence, remedy, and code for the receivers where it matters."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.core.doctor.diagnosis import Hint
from inspector.core.doctor.hints import CLOCK, KEY_BYTES, PUBLIC_URL, RAW_BODY, RAW_TEXT


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason why a signature fails."""

    id: str
    title: str
    """For a list or a tag."""
    sentence: str
    """With `{how}` and `{key}` where the finding says more."""
    remedy: str
    hints: tuple[Hint, ...] = ()


_ALL = (
    Cause(
        "header-missing",
        "Header missing",
        "The request cannot be checked: {how}.",
        "Look whether the sender signs at all (a secret must be set on its side), whether the scheme of this "
        "source is the right one, and whether a proxy drops headers that it does not know.",
    ),
    Cause(
        "header-malformed",
        "Header malformed",
        "The signature header is not in the form of this scheme: {how}.",
        "Compare the header with the provider's document. A proxy may have cut or joined it, or the scheme "
        "of this source is not the one that the sender uses.",
    ),
    Cause(
        "clock",
        "Clock",
        "The signature is right, but its timestamp is not acceptable: {how}.",
        "Set the clocks of both sides by NTP, and compare seconds since 1970 UTC, not local time.",
        CLOCK,
    ),
    Cause(
        "replayed",
        "Old request",
        "The signature is right, but the request is too old: {how}.",
        "It was held back or sent again. Ask the sender for a fresh delivery, or send it again with a fresh "
        "signature; the verdict as of the time of signing would be valid.",
        CLOCK,
    ),
    Cause(
        "wrong-secret",
        "Wrong secret",
        "The request was signed with another secret: {how}.",
        "Use the secret of the very endpoint that sent this: test and live mode, the command line tool and "
        "the dashboard, account and connected accounts each have their own.",
    ),
    Cause(
        "reserialized",
        "Body written anew",
        "The body was parsed and serialised again: the signature is that of the body {how}.",
        "Verify the raw bytes of the request before anything parses them; switch off whatever rewrites "
        "bodies between the sender and here.",
        RAW_BODY,
    ),
    Cause(
        "escape-style",
        "Escapes in strings",
        "Only escapes in strings differ: the signature is that of the body {how}.",
        "The sender signs its own way of escaping. Verify the raw bytes; where the sender signs other bytes "
        "than it sends, escape in its style before verifying.",
        RAW_BODY,
    ),
    Cause(
        "newline",
        "Line ends",
        "Line ends were changed on the way: the signature is that of the body {how}.",
        "Look for an editor, a template, `echo`, git's autocrlf or a proxy that adds, cuts or changes line "
        "ends; read the body as bytes, not as lines of text.",
        RAW_BODY,
    ),
    Cause(
        "charset",
        "Character encoding",
        "The body was read in one character encoding and written in another: the signature is that of the "
        "body {how}.",
        "Do not decode the body before verifying; where a text is all there is, encode it as the sender did.",
        RAW_TEXT,
    ),
    Cause(
        "body-base64",
        "base64 by a gateway",
        "A gateway has put the body into base64 or taken it out: the signature is that of the body {how}.",
        "Decode the body when the gateway says so (`isBase64Encoded` of AWS) and verify the decoded bytes.",
        (
            Hint("Node (AWS Lambda)", 'Buffer.from(event.body, event.isBase64Encoded ? "base64" : "utf8")'),
            Hint(
                "Python (AWS Lambda)",
                'base64.b64decode(event["body"]) if event["isBase64Encoded"] else event["body"].encode()',
            ),
        ),
    ),
    Cause(
        "body-wrapped",
        "Body in an envelope",
        "The body came in an envelope: the signature is that of the body {how}.",
        "Take the original body out of the envelope, as the very string it holds, and verify that.",
    ),
    Cause(
        "form-unwrapped",
        "Form field",
        "The body is a form and its field was taken for it, or the reverse: the signature is that of the "
        "body {how}.",
        "Verify the whole body as it came, before a form parser takes fields out of it.",
        RAW_BODY,
    ),
    Cause(
        "content-encoding",
        "Compression",
        "The body is compressed: the signature is that of the body {how}.",
        "Undo Content-Encoding before verifying, or verify before undoing it, as the sender does.",
    ),
    Cause(
        "truncated",
        "Body cut off",
        "The body is not whole: {how}.",
        "Look for a size limit of a proxy, a gateway or a body parser, and for a connection that broke off.",
    ),
    Cause(
        "empty-body",
        "Body already read",
        "The signature is that of an empty body: {how}.",
        "Something had read the body before it was signed or checked. Read it once and keep its bytes.",
        RAW_BODY,
    ),
    Cause(
        "body-altered",
        "Body altered",
        "The body was altered after it was signed: {how}.",
        "Compare the body with what the sender shows for this delivery; look for a proxy, a middleware or a "
        "person that edits bodies.",
    ),
    Cause(
        "secret-whitespace",
        "White space or quotes",
        "The stored secret has something around it: the request verifies with the secret {key} {how}.",
        "Store the secret anew, without white space, line ends or quotes: `printf %s`, not `echo`.",
        (
            Hint("Node", "process.env.WEBHOOK_SECRET.trim()"),
            Hint("Python", 'os.environ["WEBHOOK_SECRET"].strip()'),
            Hint("Go", 'strings.TrimSpace(os.Getenv("WEBHOOK_SECRET"))'),
            Hint("PHP", 'trim(getenv("WEBHOOK_SECRET"))'),
            Hint("Ruby", 'ENV.fetch("WEBHOOK_SECRET").strip'),
        ),
    ),
    Cause(
        "secret-prefix",
        "Prefix of the secret",
        "The stored secret has a prefix too many or too few: it verifies with the secret {key} {how}.",
        "Store the secret exactly as the provider shows it, or as the library of the receiver wants it.",
    ),
    Cause(
        "secret-encoding",
        "Encoding of the secret",
        "The secret was used in another encoding: the request verifies with the secret {key} {how}.",
        "Decode the secret, or do not, on both sides alike.",
        KEY_BYTES,
    ),
    Cause(
        "secret-truncated",
        "Secret not whole",
        "The stored secret has a character too many: the request verifies with the secret {key} {how}.",
        "Copy the secret again, as a whole and with nothing after it.",
    ),
    Cause(
        "secret-empty",
        "Empty secret",
        "The request was signed with an empty secret: {how}.",
        "On the sender's side the secret is not set (an empty setting or variable). Set it there.",
    ),
    Cause(
        "secret-malformed",
        "Secret unusable",
        "The stored secret is not in the form that this scheme needs: {how}.",
        "Copy the secret again, exactly as the provider shows it.",
    ),
    Cause(
        "api-key-as-secret",
        "API key for a secret",
        "The secret {key} looks like a key for calling an API, not like one that webhooks are signed with.",
        "Take the signing secret from the settings of the webhook, not from the page of API keys.",
    ),
    Cause(
        "placeholder-secret",
        "Placeholder for a secret",
        "The secret {key} is empty or a placeholder of an example.",
        "Store the real signing secret of the webhook.",
    ),
    Cause(
        "url-changed",
        "Address changed",
        "The sender signed another address than the one that was checked: the signature is that of {how}.",
        "Set the public address of this source to the one that the sender calls; behind a proxy or a tunnel, "
        "build it from the forwarded headers.",
        PUBLIC_URL,
    ),
    Cause(
        "url-unknown",
        "Address not known",
        "The sender signs the public address, and that is not known here.",
        "Set the public address of this source to the one that the sender calls.",
        PUBLIC_URL,
    ),
    Cause(
        "method-changed",
        "Method changed",
        "The sender signed another method: the signature is that of {how}.",
        "Look for a redirect or a proxy that changes the method.",
    ),
    Cause(
        "timestamp-altered",
        "Timestamp changed",
        "The timestamp was changed after signing: the signature is that of the timestamp {how}.",
        "Pass the timestamp on exactly as it came, in the same unit and form.",
    ),
    Cause(
        "wrong-algorithm",
        "Wrong algorithm",
        "The signature was made with another algorithm: {how}.",
        "Use the algorithm of the provider's document on both sides, or choose the scheme that fits.",
    ),
    Cause(
        "wrong-encoding",
        "Encoding of the signature",
        "The signature is right but written in another encoding: {how}.",
        "Write the digest as the scheme says (hexadecimal or base64), on both sides alike.",
    ),
    Cause(
        "wrong-recipe",
        "Other bytes signed",
        "The signature is right for another message: {how}.",
        "Sign what the scheme says, or choose the scheme that the sender really uses.",
    ),
)

CAUSES: dict[str, Cause] = {cause.id: cause for cause in _ALL}
"""By id, for the query language, the documentation and the sentences."""
