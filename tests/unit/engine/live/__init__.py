"""Live modes on real sockets and a real file."""
