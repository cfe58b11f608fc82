"""Sockets: the listener, and whatever else speaks HTTP."""
