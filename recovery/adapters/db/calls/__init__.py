"""What `services/calls` reads and writes."""
