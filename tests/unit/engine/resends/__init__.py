"""Sending events again."""
