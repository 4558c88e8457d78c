"""What a person could read in a log is safe to read, also when something breaks."""

import subprocess
import sys

PROGRAM = """
import logging, structlog
from mindelig.installation import log_to_stderr

def breaks(number):
    raise ValueError(number)

log_to_stderr()
try:
    breaks("+45" + "2030" + "4050")
except ValueError as fault:
    structlog.get_logger().error("unforeseen", exc_info=fault)
    structlog.get_logger().exception("again")
    logging.getLogger("a library").exception("job failed")
"""


def test_a_fault_is_told_by_its_place_not_by_its_text():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    assert done.stderr.count("ValueError") == 3
    assert "breaks" in done.stderr
    assert "20304050" not in done.stderr
