"""Tests of the window's models."""
