"""How `tracker up` runs a program: `python -m tracker.system.child FD MODULE [ARGUMENT]…`.

FD is the reading end of a pipe that the supervisor alone holds open for writing. When the
supervisor is gone, however it went, reading ends, and a watcher in the program's process group ends
the group: politely, then by force. Unlike Linux's parent-death signal this works on every Unix, and
reaches what the program has started and what hangs.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import time

PATIENCE = 10.0


def main() -> None:
    """Run the module as if it had been started itself; the group's leader is this process."""
    _, pipe, module, *arguments = sys.argv
    program = os.getpid()
    if os.fork() == 0:
        _watch(int(pipe), program)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _watch(pipe: int, program: int) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    os.read(pipe, 1)
    deadline = time.monotonic() + PATIENCE
    if os.getppid() == program:
        os.kill(program, signal.SIGTERM)
    while os.getppid() == program and time.monotonic() < deadline:
        time.sleep(0.1)
    os.killpg(program, signal.SIGKILL)


if __name__ == "__main__":
    main()
