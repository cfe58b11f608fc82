"""The query language, one for window and command line."""
