"""The host program: it starts the training's processes on one of several machines.

    python -m libra_emo.students.multimodal.training.program.host --folder FOLDER --machine NUMBER

ssh or srun starts it once on each machine. The folder, which all machines see, holds the
specification; the first machine writes there where all processes meet.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

from libra_emo.common.files import write_json
from libra_emo.errors import LibraEmoError
from libra_emo.students.errors import StudentError
from libra_emo.students.multimodal.training import specification as files
from libra_emo.students.multimodal.training.commands import PROGRAM, spawn_command
from libra_emo.students.multimodal.training.environment import complete_environment
from libra_emo.students.multimodal.training.launcher import end_group
from libra_emo.students.multimodal.training.occupancy import StarterWatch
from libra_emo.students.multimodal.training.specification import Start

MEETING_SECONDS = 300.0
POLL_SECONDS = 0.5


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the training's processes on this machine to their end, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="folder of the training")
    parser.add_argument("--machine", type=int, help="number of this machine; SLURM's by default")
    given = parser.parse_args(arguments)
    try:
        return run_host(given.folder, given.machine)
    except LibraEmoError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the program's log
        return 1


def run_host(run: Path, number: int | None) -> int:
    """Start this machine's processes, and end them when the starter is gone.

    Args:
        run: Folder of the training.
        number: Number of this machine; None to take it from SLURM.

    Raises:
        StudentError: If the specification names no machines, or they do not meet.
    """
    start = files.read_specification(run / files.SPECIFICATION).start
    number = number if number is not None else int(os.environ.get("SLURM_NODEID", "0"))
    if start is None or not 0 <= number < len(start.slots):
        raise StudentError(f"{run}: its specification has no machine {number}")
    watch = StarterWatch(run, start)
    address, port = _meet(run, start, number, watch)
    place = ["--nnodes", str(len(start.slots)), "--node-rank", str(number)]
    place += ["--master-addr", address, "--master-port", str(port)]
    command = spawn_command(place, start.slots[number], [PROGRAM, "--folder", str(run.resolve())])
    given = {**os.environ, **start.environment}
    environment = complete_environment(given, start.slots[number], start.cuda)
    process = subprocess.Popen(command, env=environment, start_new_session=True)
    signal.signal(signal.SIGTERM, _stop)
    try:
        while process.poll() is None and not watch.gone():
            time.sleep(POLL_SECONDS)
    finally:
        end_group(process)
    return process.returncode or 0


def _meet(run: Path, start: Start, number: int, watch: StarterWatch) -> tuple[str, int]:
    """Return address and port where the processes meet; the first machine chooses them.

    Raises:
        StudentError: If it does not choose in time, or the starter is gone.
    """
    path = run / files.MEETING
    if number == 0:
        address, port = _choose_address(start, os.environ), _free_port()
        write_json(path, {"token": start.token, "address": address, "port": port})
        return address, port
    ends = time.monotonic() + MEETING_SECONDS
    while time.monotonic() < ends and not watch.gone():
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            if found["token"] == start.token:
                return str(found["address"]), int(found["port"])
        except (OSError, ValueError, KeyError, TypeError):
            pass
        time.sleep(POLL_SECONDS)
    raise StudentError(
        f"machine {number} found no {path} of this start: the first machine did not begin, or "
        "does not share this folder"
    )


def _choose_address(start: Start, environment: Mapping[str, str]) -> str:
    if start.names:
        return start.names[0].rpartition("@")[2]  # without a user's name
    return environment.get("SLURMD_NODENAME") or socket.gethostname()


def _free_port() -> int:
    with socket.socket() as place:
        place.bind(("", 0))
        port: int = place.getsockname()[1]
    return port


def _stop(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
