"""What `services/route` reads and writes."""
