"""The command line: one file a command, text or JSON lines, never Qt."""
