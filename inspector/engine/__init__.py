"""The use cases: capture, search, check. Owns the I/O thread and the settings."""
