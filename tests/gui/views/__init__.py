"""Tests of the window's views."""
