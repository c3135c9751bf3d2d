"""What `services/users` reads and writes."""
