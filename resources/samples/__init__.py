"""Sample events of providers."""
