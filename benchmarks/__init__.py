"""Benchmarks: every contender does the same job against the same local server, in one run.

They tell, they never decide: no test depends on a number measured here.
"""
