"""What is due goes out, at most once, as fast as is wise."""
