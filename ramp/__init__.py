"""The rules of the ramp: plan, observations, gates, decision. Pure: no I/O, no clock, no pytest."""
