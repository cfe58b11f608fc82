"""The right side of the window: one event."""
