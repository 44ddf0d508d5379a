"""The environment of the training program, handed over in its specification.

Launchers for many machines pass on a few variables by a list of their own. What the program needs
is chosen here, and is the same on every machine.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

_PASSED = (
    *("HF_", "HUGGINGFACE_", "TRANSFORMERS_", "TOKENIZERS_", "TORCH", "PYTORCH_", "TRITON_"),
    *("NCCL_", "GLOO_", "UCX_", "FI_", "OMP_", "MKL_", "CUDA_", "DS_", "DEEPSPEED_"),
    *("PYTHON", "LIBRA_EMO_", "LD_LIBRARY_PATH", "XDG_CACHE_HOME"),
)
# each machine has its own
_OWN = re.compile(r"CUDA_VISIBLE_DEVICES|TORCHELASTIC_.*|PYTHONHASHSEED_.*|DS_ACCELERATOR")
# the specification lies on a disk
_SECRET = re.compile(r"(^|_)(API|TOKEN|KEY|SECRET|PASSWORD|PASSWD|CREDENTIALS?|AUTH)S?(_|$)")
# variables of another launcher around this process, which the program must not take for its own
FOREIGN = frozenset(
    {"RANK", "LOCAL_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"}
)


def choose_environment(given: Mapping[str, str], further: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that every machine gets, without any that looks like a secret.

    Args:
        given: Environment of the starter.
        further: Variables from the configuration, which are passed whatever their names are.
    """
    chosen = {
        name: value
        for name, value in given.items()
        if name.startswith(_PASSED) and not _OWN.fullmatch(name) and not _SECRET.search(name)
    }
    return {**chosen, **further}


def complete_environment(
    environment: Mapping[str, str], processes_here: int, cuda: bool
) -> dict[str, str]:
    """Return an environment for the program's processes on this machine.

    Args:
        environment: Variables of this machine, with those handed over.
        processes_here: Number of processes on this machine.
        cuda: Whether they run on GPUs.
    """
    completed = {name: value for name, value in environment.items() if name not in FOREIGN}
    threads = max(1, (os.cpu_count() or 1) // max(1, processes_here))
    completed.setdefault("OMP_NUM_THREADS", str(threads))
    completed.setdefault("TOKENIZERS_PARALLELISM", "false")
    completed["DS_ACCELERATOR"] = "cuda" if cuda else "cpu"
    completed["PYTHONUNBUFFERED"] = "1"
    return completed
