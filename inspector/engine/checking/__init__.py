"""Checking signatures: the rules for one event, the worker behind capture, and the signature page."""
