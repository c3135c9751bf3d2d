"""What reps work with: the queue, a person's card, what was said, what is written."""
