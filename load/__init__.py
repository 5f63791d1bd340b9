"""Load: Locust journeys, always a process of its own."""
