"""The window of the sources, and the dialogs of their secrets."""
