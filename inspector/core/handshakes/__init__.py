"""Providers ask an address whether it is willing before they send; what to answer them."""

from inspector.core.handshakes.answer import answer
from inspector.core.handshakes.kinds import KINDS, Handshake, Kind

__all__ = ["KINDS", "Handshake", "Kind", "answer"]
