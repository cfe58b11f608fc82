"""A signed webhook at the real program: its line says the verdict and the cause; events verify says why."""

from __future__ import annotations
