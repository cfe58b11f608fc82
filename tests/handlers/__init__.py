"""Handlers as people write them, good and bad, run as programs of their own."""
