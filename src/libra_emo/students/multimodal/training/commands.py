"""The command lines that start the training program, on this machine and on others."""

from __future__ import annotations

import os
import re
import shlex
import sys
from pathlib import Path

from libra_emo.students.multimodal.devices import Machines
from libra_emo.students.options.fine_tuning import LauncherOptions

PROGRAM = "libra_emo.students.multimodal.training.program.main"
HOST_PROGRAM = "libra_emo.students.multimodal.training.program.host"
_NUMBERS = re.compile(r"\d+(,\d+)*")


def build_command(
    run: Path, launcher: LauncherOptions, processes_here: int, port: int, visible: str | None = None
) -> list[str]:
    """Return the command line that starts the program on this machine alone.

    Args:
        run: Folder of the training, which holds its specification.
        launcher: What starts the program.
        processes_here: Number of processes.
        port: A free port of this machine, where the processes meet.
        visible: Value of CUDA_VISIBLE_DEVICES, if the program runs on GPUs and it is set.
    """
    program = [PROGRAM, "--folder", str(run.resolve())]
    if launcher.kind == "none":
        return [sys.executable, "-m", *program]
    if launcher.kind == "torchrun" or (visible and not _NUMBERS.fullmatch(visible)):
        # DeepSpeed's launcher takes no names of GPUs, such as GPU-5a… or MIG-…
        meet = ["--master-addr", "127.0.0.1", "--master-port", str(port)]
        return spawn_command(["--nnodes", "1", *meet], processes_here, program)
    # with a number of GPUs the launcher would take the first ones, whatever is visible
    where = ["--num_gpus", str(processes_here)]
    if visible:
        where = ["--include", f"localhost:{','.join(visible.split(',')[:processes_here])}"]
    starter = [sys.executable, "-m", "deepspeed.launcher.runner", *where]
    meet = ["--master_addr", "127.0.0.1", "--master_port", str(port)]
    return [*starter, *meet, "--module", *program]


def spawn_command(place: list[str], processes: int, program: list[str]) -> list[str]:
    """Return the command line of torchrun, which starts the processes of one machine."""
    torchrun = [sys.executable, "-m", "torch.distributed.run"]
    return [*torchrun, *place, "--nproc-per-node", str(processes), "-m", *program]


def build_remote_commands(
    run: Path, launcher: LauncherOptions, machines: Machines
) -> list[list[str]]:
    """Return the command lines that start the program on several machines.

    Each machine runs the host program, which reads the specification in the shared folder and
    starts the processes there.

    Args:
        run: Folder of the training, at the same path on all machines.
        launcher: What starts the program.
        machines: The machines.
    """
    host = [sys.executable, "-m", HOST_PROGRAM, "--folder", str(run.resolve())]
    count = len(machines.slots)
    if launcher.start == "srun":
        tasks = [f"--nodes={count}", f"--ntasks={count}", "--ntasks-per-node=1"]
        return [["srun", *tasks, "--kill-on-bad-exit=1", *launcher.srun_options, *host]]
    return [
        [*launcher.ssh_command, name, _shell_line([*host, "--machine", str(number)])]
        for number, name in enumerate(machines.names)
    ]


def _shell_line(command: list[str]) -> str:
    """Return a line for a remote shell, in this folder and with this place of modules."""
    paths = os.environ.get("PYTHONPATH")
    variables = [f"PYTHONPATH={paths}"] if paths else []
    return f"cd {shlex.quote(os.getcwd())} && exec {shlex.join(['env', *variables, *command])}"
