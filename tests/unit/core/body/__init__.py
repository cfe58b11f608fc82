"""Tests of reading bodies."""
