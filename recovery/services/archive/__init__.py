"""Kept whole, approved, and only then deleted."""
