"""What became of what went out, what people answered, and Keap told of it."""
