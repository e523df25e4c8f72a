"""Whether processes live."""

import os


def is_alive(process_id: int) -> bool:
    """Say whether there is such a process."""
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True
