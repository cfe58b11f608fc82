"""The window: PySide6, over engine and core only."""
