"""The only shapes of personal data and secrets: what the log scan finds, masking masks and publishing refuses."""
