"""What `services/archive` reads and writes."""
