"""`--wait`: a run stays while people label, and goes on when the last vote is in."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from libra_emo.cli.people.announcing import find_address

if TYPE_CHECKING:
    from libra_emo.annotation.campaigns import PeopleNeeded

POLL_SECONDS: Final = 5.0
START_SECONDS: Final = 120.0

wait_option = click.Option(
    ["--wait"], is_flag=True, help="Stay while people label, and go on when the last vote is in."
)


@contextmanager
def waiting_for_people(project: Path, environment: str | None, enabled: bool) -> Iterator[None]:
    """Let the runs in this block stay while people label.

    Args:
        project: The project's folder.
        environment: Kedro environment, for the server.
        enabled: Whether runs stay; otherwise they end with `PeopleNeeded`.
    """
    if not enabled:
        yield
        return
    from libra_emo.annotation.campaigns import staying

    waiting = _Waiting(project, environment)
    try:
        with staying(waiting.wait):
            yield
    finally:
        waiting.end()


class _Waiting:
    """Waits for votes, and serves the campaigns if nobody else does."""

    def __init__(self, project: Path, environment: str | None) -> None:
        self._project = project
        self._environment = environment
        self._server: subprocess.Popen[bytes] | None = None
        self._campaign = ""

    def wait(self, needed: PeopleNeeded) -> None:
        """Say once what a campaign waits for and where people work; return after a while."""
        if needed.campaign != self._campaign:
            self._campaign = needed.campaign
            click.echo(str(needed).replace("; then run again.", "."))
            address = self._find_or_start()
            click.echo(
                f"This run waits for campaign {needed.campaign!r} and goes on when its last vote "
                f"is in; people work at {address}. Ctrl+C ends the run; the same command resumes it"
            )
        time.sleep(POLL_SECONDS)

    def end(self) -> None:
        """End the server that this run started."""
        if self._server is not None and self._server.poll() is None:
            self._server.send_signal(signal.SIGINT)
            self._server.wait()

    def _find_or_start(self) -> str:
        address = find_address(self._project)
        if address is None and (self._server is None or self._server.poll() is not None):
            self._server = self._start(port=None)
            address = self._await_address()
            if address is None:  # its port may be in use
                self._server = self._start(port=0)
                address = self._await_address()
        return address or "the address that `kedro annotate` prints"

    def _start(self, port: int | None) -> subprocess.Popen[bytes]:
        """Start `kedro annotate`; what it prints, the lead's link too, is seen by the user."""
        program = Path(sys.executable).parent / "kedro"
        command = [str(program), "annotate"]
        command += [] if port is None else ["--port", str(port)]
        command += ["--env", self._environment] if self._environment else []
        # Ctrl+C reaches this run alone, which then ends the server
        return subprocess.Popen(command, cwd=self._project, start_new_session=True)

    def _await_address(self) -> str | None:
        """Return the address once the server has announced it, or None if it ended."""
        deadline = time.monotonic() + START_SECONDS
        while (
            self._server is not None and self._server.poll() is None and time.monotonic() < deadline
        ):
            if (address := find_address(self._project)) is not None:
                return address
            time.sleep(0.2)
        return None
