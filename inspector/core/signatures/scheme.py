"""A scheme: the declarative record of how one provider signs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from inspector.core.signatures.template import Template


@dataclass(frozen=True, slots=True)
class Place:
    """Where the signature stands, and how it is cut out of there."""

    header: str = ""
    """Lower-case name of the header; empty where the signature stands in the body."""
    field: str = ""
    """Dotted path into the JSON body."""
    separator: str = ""
    """Between the items of a list, for example `,` of `t=1,v1=ab`; empty: the value is one item."""
    item: str = ""
    """Between the name and the value of an item; empty: items have no names."""
    pick: str = ""
    """The name of the items that are signatures."""
    prefix: str = ""
    prefix_optional: bool = False
    trim: bool = False
    """White space around items does not count."""
    numbered: bool = False
    """The header ends in -1, and -2, -3 … may follow; any of them may match."""
    repeated: bool = False
    """The header may be repeated, and any of them may match; otherwise values are joined with ", "."""
    others: tuple[str, ...] = ()
    """Further headers that may match as well (a secondary key)."""
    any_case: bool = False
    """The official library takes hex in upper case too."""

    @property
    def words(self) -> str:
        """The place in words."""
        return f"header {self.header}" if self.header else f"body field {self.field}"


@dataclass(frozen=True, slots=True)
class TimeRule:
    """Where the sender's timestamp stands and how old or new it may be, in seconds; None: any."""

    header: str = ""
    field: str = ""
    item: str = ""
    """The name of an item of the signature header."""
    claim: str = ""
    unit: str = "s"
    """`s`, `ms` or `iso8601`."""
    past_s: float | None = None
    future_s: float | None = None

    @property
    def words(self) -> str:
        """The place in words."""
        if self.header:
            return f"header {self.header}"
        if self.item:
            return f"item {self.item} of the signature header"
        return f"body field {self.field}" if self.field else f"claim {self.claim}"


@dataclass(frozen=True, slots=True)
class KeyRule:
    """The form in which the provider gives the key."""

    form: str = "text"
    """`text`, `base64`, `base64-if-prefixed`, `text-or-base64`, `hex`, `any` (HMAC or public, as it looks),
    or a public key: `ed25519-hex`, `ed25519-base64`, `spki`, `jwk`, `x509`."""
    strip: tuple[str, ...] = ()
    """Prefixes that are no part of the key."""
    prefix_required: bool = False
    second: str = ""
    """What a second value is that the message needs (PayPal's webhook id); empty: there is none."""


@dataclass(frozen=True, slots=True)
class Notes:
    """Facts for people: documentation, time-out, retry plan, handshake."""

    docs: str = ""
    timeout: str = ""
    retry: str = ""
    handshake: str = ""


@dataclass(frozen=True, slots=True)
class Scheme:
    """How one provider signs."""

    id: str
    name: str
    algorithm: str
    encoding: str
    signature: Place
    message: Template
    timestamp: TimeRule | None = None
    key: KeyRule = KeyRule()
    message_id: str = ""
    """The header with the id that the message contains."""
    accept: tuple[Template, ...] = ()
    """Further messages that verify."""
    explain: tuple[Template, ...] = ()
    """Messages that do not verify but tell why another one does not."""
    url_variants: str = ""
    """`port`: with and without the port; `hubspot`: with some characters decoded; empty: as it stands."""
    require: Mapping[str, str] = field(default_factory=dict)
    """Headers that must have these values."""
    when: Mapping[str, str] = field(default_factory=dict)
    """Headers that must contain these texts for the scheme to be found by headers."""
    equal: tuple[tuple[str, Template], ...] = ()
    """Query parameters that must be equal to a template."""
    equal_where_given: bool = False
    """Only where the URL has them and the body is no form."""
    claims: Mapping[str, Template] = field(default_factory=dict)
    """Claims of a JWT that must be equal to a template."""
    optional_claims: tuple[str, ...] = ()
    """Claims that may be missing when the body is empty."""
    algorithm_field: str = ""
    """The body field that chooses the algorithm."""
    algorithms: Mapping[str, str] = field(default_factory=dict)
    detect: tuple[str, ...] = ()
    """Further headers whose presence tells this scheme from its relatives."""
    generic: bool = False
    """Found by headers only when no other scheme is as specific."""
    event_header: str = ""
    delivery_header: str = ""
    retry_header: str = ""
    notes: Notes = Notes()
    origin: str = ""
    """The file and line of the record."""

    @property
    def symmetric(self) -> bool:
        """Sender and receiver share one secret."""
        return self.algorithm.startswith(("hmac", "sha", "token", "jwt-hs"))

    @property
    def signs_url(self) -> bool:
        """The public URL is a part of what is signed."""
        return self.algorithm == "rfc9421" or any(
            template.uses("url", "path", "target") for template in (self.message, *self.claims.values())
        )

    @property
    def signs_body(self) -> bool:
        """The raw body is a part of what is signed."""
        templates = (self.message, *self.claims.values(), *(template for _, template in self.equal))
        return any(template.uses("body") for template in templates)


@dataclass(frozen=True, slots=True)
class Schemes:
    """All schemes, by id, in the order of the files; later files replace earlier records of the same id."""

    records: Mapping[str, Scheme]

    def __iter__(self) -> Iterator[Scheme]:
        """In order."""
        return iter(self.records.values())

    def __len__(self) -> int:
        """How many."""
        return len(self.records)

    def __contains__(self, name: object) -> bool:
        """Whether there is one of that id."""
        return name in self.records

    def get(self, name: str) -> Scheme | None:
        """The scheme of that id."""
        return self.records.get(name)

    def __getitem__(self, name: str) -> Scheme:
        """The scheme of that id, or KeyError."""
        return self.records[name]

    def merged(self, other: Schemes) -> Schemes:
        """These and the others; the others win."""
        return Schemes({**self.records, **other.records})
