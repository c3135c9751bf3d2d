"""What `services/pull` reads and writes."""
