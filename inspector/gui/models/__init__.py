"""Models of the window: ids in order, rows in pages."""
