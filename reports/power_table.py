"""What `python -m ramp power` prints: placeholder until the next commit."""
