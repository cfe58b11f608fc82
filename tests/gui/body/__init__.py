"""Tests of the body views on real widgets."""
