"""What `services/reps` reads and writes."""
