"""Locust patches the process that imports it, unless told not to; pytest's process must stay as it is."""

import os

os.environ["LOCUST_SKIP_MONKEY_PATCH"] = "1"
