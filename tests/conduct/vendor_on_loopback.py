"""A plugin of a pytest that is started by a test: the vendor's own address is a server of the test's on loopback."""

import os

from ramp import live_guard

live_guard.VENDOR_URL = os.environ["VENDOR_ON_LOOPBACK"]
