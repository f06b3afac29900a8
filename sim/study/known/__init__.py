"""Answers known from theory, and the same figures taken from a run."""
