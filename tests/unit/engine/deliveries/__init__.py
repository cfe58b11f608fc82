"""Tests of sending events on."""
