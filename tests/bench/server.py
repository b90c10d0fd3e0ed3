"""The server under many sessions, bad readers, slow lines, sudden ends and nonsense."""
from . import crowd, nonsense, recovery, slow
from .table import gathered


def rows():
    """The section's rows."""
    return gathered(many_sessions=crowd.rows, stalled_readers=slow.stalled_rows, slow_line=slow.line_rows,
                    end_with_stalled_readers=slow.end_rows, kill_and_restart=recovery.rows, nonsense=nonsense.rows)
