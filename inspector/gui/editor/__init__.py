"""Changing an event before it is sent again."""
