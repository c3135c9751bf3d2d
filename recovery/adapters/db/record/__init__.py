"""What `services/record` reads and writes."""
