"""What a training runs on: GPUs or processors, and how many processes."""

from __future__ import annotations

import re
from pathlib import Path

from libra_emo.students.errors import StudentError
from libra_emo.students.options.fine_tuning import LauncherOptions


def wants_cuda(device: str) -> bool:
    """Return whether the student runs on GPUs.

    Args:
        device: Value of the option: cpu, cuda, cuda:<number>, or auto for a GPU where there is one.

    Raises:
        StudentError: If a GPU is asked for and there is none.
    """
    if device == "cpu":
        return False
    import torch

    available = bool(torch.cuda.is_available())
    if device.startswith("cuda") and not available:
        raise StudentError(
            f"training.multimodal.device: {device} is set, and torch sees no CUDA GPU here; "
            "run it where there is one, or set the device to auto or cpu"
        )
    return available


def count_processes(launcher: LauncherOptions, cuda: bool) -> tuple[int, int]:
    """Return the number of processes on each machine, and on all machines together.

    Raises:
        StudentError: If more are set than there are GPUs, or the hostfile cannot be read.
    """
    if launcher.kind == "none":
        return 1, 1
    if launcher.hostfile is not None:
        slots = _read_slots(launcher.hostfile)
        return max(slots), sum(slots)
    here = launcher.processes
    if cuda:
        import torch

        gpus = torch.cuda.device_count()
        here = here or gpus
        if here > gpus:
            raise StudentError(
                f"training.multimodal.training.launcher.processes: {here} are set, and this "
                f"machine has {gpus} {'GPU' if gpus == 1 else 'GPUs'}"
            )
    here = here or 1
    return here, here


def _read_slots(hostfile: Path) -> list[int]:
    try:
        lines = hostfile.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise StudentError(f"launcher.hostfile: {hostfile}: {error.strerror}") from error
    entries = [line.split("#")[0].strip() for line in lines]
    found = [re.fullmatch(r"(\S+)\s+slots=(\d+)", entry) for entry in entries if entry]
    slots = {match.group(1): int(match.group(2)) for match in found if match}
    if not slots or len(slots) != len(found):
        raise StudentError(
            f"launcher.hostfile: {hostfile}: each line must read `name slots=8`, each name once"
        )
    return list(slots.values())
