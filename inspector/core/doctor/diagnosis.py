"""What the doctor says of a failing request."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.core.reserialise import Difference


@dataclass(frozen=True, slots=True)
class Hint:
    """Code that sets it right, for one kind of receiver."""

    receiver: str
    """Node (Express), Python (Flask), Go …"""
    code: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A cause that was found, with the proof; the words of the cause come from the table of causes."""

    cause: str
    how: str = ""
    """What fills the sentence of the cause."""
    found_by: str = ""
    """How it was found out, a sentence."""
    key: str = ""
    """The name of the secret that verifies it then."""
    body: bytes | None = None
    """The body that the signature belongs to, where it is another one than came."""
    language: str = ""
    """The language whose serialiser did it, where that is known."""
    proven: bool = True
    """Whether a signature was verified; False for what other signs tell."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The cause of a failure, how it was found out and what to do; or what it is not."""

    cause: str = ""
    """The id of the cause, as in `cause:reserialized`; empty where nothing explains the failure."""
    sentence: str = ""
    """The cause in one sentence for people."""
    found_by: str = ""
    """How it was found out."""
    remedy: str = ""
    """What to do."""
    hints: tuple[Hint, ...] = ()
    """Code for the receiver's language where it matters."""
    ruled_out: tuple[str, ...] = ()
    """What was tried without success, in words, in the order of the trials."""
    siblings: str = ""
    """What other events of the source say; empty where there are none."""
    key: str = ""
    """The name of the secret that would verify the request; empty where none is known."""
    difference: Difference | None = None
    """The first byte in which the body that came differs from the signed one."""
    signed_body: bytes | None = None
    """The body that the signature belongs to, where it was found."""
    proven: bool = False
    """Whether the cause was proven by verifying the signature."""
    tried: int = 0
    """How many combinations of body, secret and address were checked."""
