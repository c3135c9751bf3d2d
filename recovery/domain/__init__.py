"""The rules: pure, no I/O, in the words of the field."""
