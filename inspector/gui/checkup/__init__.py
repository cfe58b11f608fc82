"""The window of the checkup of a handler."""
