"""Secrets by name: where they are kept, and how they are asked for."""

from inspector.engine.secrets.keepers import Keeper, MemoryKeeper
from inspector.engine.secrets.secrets import SecretInfo, Secrets, environment_name

__all__ = ["Keeper", "MemoryKeeper", "SecretInfo", "Secrets", "environment_name"]
