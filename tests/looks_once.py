"""A plugin of a pytest that is started by a test: before T-0 a real target is looked at for no longer than it takes."""

from conduct import stage_driver

stage_driver.BEFORE_T0_REAL_MIN = 0.001
