"""Calls that are placed for reps: a phone rings at most once for each wish."""
