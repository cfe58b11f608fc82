"""Two events beside each other."""
