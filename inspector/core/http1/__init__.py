"""HTTP/1.x as pure code: bytes in, requests out; replies in, bytes out. No sockets, no clock."""
