"""Differences between two events: JSON by structure, headers, text and bytes."""
