"""SQLite: schema and migrations, the writer with its group commit, and queries."""
