"""Data, not code: schemes, dialects, samples, help, icons, fonts and styles."""
