"""The use cases: each owns its transactions and the order of its effects."""
