"""What `services/reach` reads and writes."""
