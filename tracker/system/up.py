"""`tracker up`: web, worker and scheduler of one data directory, together in one terminal.

Each is started again when it ends, with a growing pause; all stop on Ctrl-C or SIGTERM within 15
seconds; none outlives the supervisor. For a person's own machine and small installations: a server
with an init system runs the three commands of `docs/operations.md` as services.
"""

import asyncio
import contextlib
import fcntl
import os
import signal
import socket
import sys
import time
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from pathlib import Path

import click
import structlog

from tracker.config import Settings
from tracker.logging import configure_logging
from tracker.system import child

log = structlog.get_logger(__name__)

HOST = "127.0.0.1"
FIRST_PAUSE, LAST_PAUSE = 1.0, 30.0
STEADY = 10.0  # seconds of life after which the next pause is the first one again
HEAD_START = 5.0  # seconds that the web has at most before the others: somebody waits for a page
PREPARE = ("-m", "tracker", "db", "prepare")


class UpError(Exception):
    """Why it cannot start; one line with the remedy."""


def run_up(settings: Settings) -> int:
    """Prepare the installation and keep it running until told to stop; returns the exit status."""
    configure_logging(settings.env)
    try:
        with _only_one(settings.data_dir):
            _check_port(settings.port)
            asyncio.run(_run(settings))
    except UpError as error:
        click.echo(f"tracker up: {error}", err=True)
        return 1
    return 0


@contextlib.contextmanager
def _only_one(data_dir: Path) -> Iterator[None]:
    with (data_dir / "up.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise UpError(
                f"process {file.read()} runs this installation already, in {data_dir}."
                " Stop it, or set TRACKER_DATA_DIR to another directory."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise UpError(
                f"port {port} cannot be used ({error.strerror})."
                " Stop the other program, or set PORT to another number."
            ) from error


async def _run(settings: Settings) -> None:
    started = time.monotonic()
    stop = stop_on_signals()
    lines = await _prepare(stop)
    if lines is None:
        return
    programs = commands(settings.port)
    async with asyncio.TaskGroup() as group:
        group.create_task(supervise({"web": programs.pop("web")}, stop))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(_answers(settings.port, stop), HEAD_START)
        group.create_task(supervise(programs, stop))
        if await _answers(settings.port, stop):
            click.echo("\n".join([*lines, f"Ready in {time.monotonic() - started:.0f} s."]))


def commands(port: int) -> dict[str, list[str]]:
    """Name the three processes, each a module and its arguments."""
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return {
        "web": [
            *("gunicorn", "tracker:create_app()", "--preload", "--no-control-socket"),
            *("--bind", f"{HOST}:{port}", "--worker-class", "gthread"),
            *("--workers", "2", "--threads", "4"),
            *("--graceful-timeout", "8", "--log-level", "warning"),
        ],
        "worker": ["celery", "--quiet", "--app", "worker", "worker", *quiet],
        "scheduler": ["celery", "--quiet", "--app", "worker", "beat"],
    }


def stop_on_signals() -> asyncio.Event:
    """Make the event that Ctrl-C and SIGTERM set."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def _prepare(stop: asyncio.Event) -> list[str] | None:
    """Run the migrations and the rest in a process of their own; None when told to stop meanwhile.

    Raises `UpError` when it fails; it has said why by then.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *PREPARE), stdout=asyncio.subprocess.PIPE, start_new_session=True
    )
    output = asyncio.create_task(process.communicate())
    await _either(output, stop)
    if stop.is_set():
        await _end(process)
        return None
    if process.returncode:
        raise UpError("the installation could not be prepared; see above.")
    return output.result()[0].decode().splitlines()


async def _answers(port: int, stop: asyncio.Event) -> bool:
    """Wait until the web server accepts connections; False when told to stop before."""
    while not stop.is_set():
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection(HOST, port)
            writer.close()
            return True
        await _either(asyncio.sleep(0.1), stop)
    return False


async def supervise(programs: Mapping[str, Sequence[str]], stop: asyncio.Event) -> None:
    """Keep these modules running, by name, until `stop` is set; returns when all have ended."""
    reading, writing = os.pipe()
    try:
        async with asyncio.TaskGroup() as group:
            for name, program in programs.items():
                group.create_task(_keep_running(name, program, reading, stop))
    finally:
        os.close(reading)
        os.close(writing)


async def _keep_running(name: str, program: Sequence[str], pipe: int, stop: asyncio.Event) -> None:
    pause = FIRST_PAUSE
    while not stop.is_set():
        born = time.monotonic()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", child.__name__, str(pipe), *program),
            stdin=asyncio.subprocess.DEVNULL,
            pass_fds=[pipe],
            start_new_session=True,
        )
        await _either(process.wait(), stop)
        if stop.is_set():
            await _end(process)
            return
        _kill_group(process)  # what a killed program leaves behind would hold the port
        if time.monotonic() - born > STEADY:
            pause = FIRST_PAUSE
        log.warning("ended", program=name, status=process.returncode, again_in_seconds=pause)
        await _either(asyncio.sleep(pause), stop)
        pause = min(2 * pause, LAST_PAUSE)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ask the program to end, wait, and end its whole group."""
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), child.PATIENCE)
    _kill_group(process)
    await process.wait()


def _kill_group(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


async def _either(work: Awaitable[object], stop: asyncio.Event) -> None:
    """Wait for the work or for the order to stop, whichever comes first."""
    futures = [asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())]
    await asyncio.wait(futures, return_when=asyncio.FIRST_COMPLETED)
    for future in futures:
        future.cancel()
