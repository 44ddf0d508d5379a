"""What a training runs on: GPUs or processors, and how many processes."""

from __future__ import annotations

import re
from pathlib import Path

from libra_emo.students.errors import StudentError
from libra_emo.students.multimodal.training.options import LauncherOptions


def wants_cuda(device: str) -> bool:
    """Tell whether the student runs on GPUs.

    Args:
        device: The option: cpu, cuda, cuda:<number>, or auto for a GPU where there is one.

    Raises:
        StudentError: If a GPU is asked for and there is none.
    """
    if device == "cpu":
        return False
    import torch

    there = bool(torch.cuda.is_available())
    if device.startswith("cuda") and not there:
        raise StudentError(
            f"training.multimodal.device: {device} is asked for, and torch sees no CUDA GPU here; "
            "run it where there is one, or set the device to auto or cpu"
        )
    return there


def count_processes(launcher: LauncherOptions, cuda: bool) -> tuple[int, int]:
    """Return how many processes start on each machine, and on all together.

    Raises:
        StudentError: If more are asked for than there are GPUs, or the hostfile cannot be read.
    """
    if launcher.kind == "none":
        return 1, 1
    if launcher.hostfile is not None:
        slots = _read_slots(launcher.hostfile)
        return max(slots), sum(slots)
    here = launcher.processes
    if cuda:
        import torch

        there = torch.cuda.device_count()
        here = here or there
        if here > there:
            raise StudentError(
                f"training.multimodal.training.launcher.processes: {here} are asked for, and this "
                f"machine has {there} {'GPU' if there == 1 else 'GPUs'}"
            )
    here = here or 1
    return here, here


def spare_the_compiler() -> None:
    """Have DeepSpeed's processes on processors talk by gloo, as torch's own do.

    It would compile a kernel of its own for that at the first start, which takes minutes, and fails
    where there is no compiler. DeepSpeed has no setting for it: what it may load is a table.
    """
    import deepspeed

    deepspeed.ops.__compatible_ops__["deepspeed_shm_comm"] = False


def _read_slots(hostfile: Path) -> list[int]:
    try:
        lines = hostfile.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise StudentError(f"launcher.hostfile: {hostfile}: {error.strerror}") from error
    told = [line.split("#")[0].strip() for line in lines]
    found = [re.fullmatch(r"(\S+)\s+slots=(\d+)", line) for line in told if line]
    slots = {match.group(1): int(match.group(2)) for match in found if match}
    if not slots or len(slots) != len(found):
        raise StudentError(
            f"launcher.hostfile: {hostfile}: each line must read `name slots=8`, each name once"
        )
    return list(slots.values())
