"""What a training runs on: GPUs or processors, and how many processes on which machines."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from libra_emo.students.errors import StudentError
from libra_emo.students.options.fine_tuning import LauncherOptions

_NODES = "SLURM_JOB_NUM_NODES"


@dataclass(frozen=True)
class Machines:
    """The machines of a training.

    Attributes:
        slots: Number of processes on each.
        names: Their names; none for this machine alone, or where SLURM knows them.
    """

    slots: tuple[int, ...]
    names: tuple[str, ...] = ()

    @property
    def most(self) -> int:
        """Largest number of processes on a machine."""
        return max(self.slots)

    @property
    def processes(self) -> int:
        """Number of processes on all machines."""
        return sum(self.slots)


def wants_cuda(device: str, elsewhere: bool = False) -> bool:
    """Return whether the student runs on GPUs.

    Args:
        device: Value of the option: cpu, cuda, cuda:<number>, or auto for a GPU where there is one.
        elsewhere: Whether it runs on other machines, or is only planned: then this machine needs
            no GPU.

    Raises:
        StudentError: If a GPU is asked for and there is none.
    """
    if device == "cpu":
        return False
    if device.startswith("cuda") and elsewhere:
        return True
    import torch

    available = bool(torch.cuda.is_available())
    if device.startswith("cuda") and not available:
        raise StudentError(
            f"training.multimodal.device: {device} is set, and torch sees no CUDA GPU here; "
            "run it where there is one, or set the device to auto or cpu"
        )
    return available


def runs_elsewhere(launcher: LauncherOptions) -> bool:
    """Return whether a launcher starts the program on a list of machines."""
    return launcher.hostfile is not None or launcher.start == "srun"


def find_machines(launcher: LauncherOptions, cuda: bool, planned: bool = False) -> Machines:
    """Return the machines of a training, with the number of processes on each.

    Args:
        launcher: What starts the program.
        cuda: Whether it runs on GPUs.
        planned: Whether the training is only planned, so that this machine needs no GPU.

    Raises:
        StudentError: If more processes are set than there are GPUs, the hostfile cannot be read,
            or there is no allocation of SLURM.
    """
    if launcher.kind == "none":
        return Machines((1,))
    if launcher.hostfile is not None:
        slots = _read_slots(launcher.hostfile)
        return Machines(tuple(slots.values()), tuple(slots))
    if launcher.start == "srun" and not (planned and _NODES not in os.environ):
        return _read_allocation(launcher, os.environ)
    here = launcher.processes
    if cuda:
        import torch

        gpus = torch.cuda.device_count()
        here = here or gpus
        if here > gpus and not planned:
            raise StudentError(
                f"training.multimodal.training.launcher.processes: {here} are set, and this "
                f"machine has {gpus} {'GPU' if gpus == 1 else 'GPUs'}"
            )
    return Machines((here or 1,))


def count_processes(launcher: LauncherOptions, cuda: bool) -> tuple[int, int]:
    """Return the number of processes on each machine, and on all machines together.

    Raises:
        StudentError: If more are set than there are GPUs, or the hostfile cannot be read.
    """
    machines = find_machines(launcher, cuda)
    return machines.most, machines.processes


def _read_allocation(launcher: LauncherOptions, environment: Mapping[str, str]) -> Machines:
    nodes = environment.get(_NODES)
    if nodes is None:
        raise StudentError(
            "training.multimodal.training.launcher.start: srun needs an allocation of SLURM; "
            "start the command inside sbatch or salloc"
        )
    gpus = environment.get("SLURM_GPUS_ON_NODE", "")
    here = launcher.processes or (int(gpus) if gpus.isdigit() else 0)
    if not here:
        raise StudentError(
            "training.multimodal.training.launcher.processes: SLURM names no GPUs of this "
            "allocation; ask it for --gpus-per-node, or set the number of processes"
        )
    return Machines((here,) * int(nodes))


def _read_slots(hostfile: Path) -> dict[str, int]:
    try:
        lines = hostfile.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise StudentError(f"launcher.hostfile: {hostfile}: {error.strerror}") from error
    entries = [line.split("#")[0].strip() for line in lines]
    found = [re.fullmatch(r"(\S+)\s+slots=([1-9]\d*)", entry) for entry in entries if entry]
    slots = {match.group(1): int(match.group(2)) for match in found if match}
    if not slots or len(slots) != len(found):
        raise StudentError(
            f"launcher.hostfile: {hostfile}: each line must read `name slots=8`, each name once"
        )
    return slots
