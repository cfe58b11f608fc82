"""Schemes of signing, checking a request against one, and signing anew."""
