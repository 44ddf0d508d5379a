"""A training from its examples to its weights: planned, started or resumed, and kept."""

from __future__ import annotations

import gc
import logging
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from libra_emo.common.files import write_json, write_lines
from libra_emo.common.progress import ProgressDisplay
from libra_emo.common.secrecy.addresses import Address
from libra_emo.students.multimodal.devices import (
    Machines,
    find_machines,
    runs_elsewhere,
    wants_cuda,
)
from libra_emo.students.multimodal.training import checkpoints
from libra_emo.students.multimodal.training import specification as files
from libra_emo.students.multimodal.training.batches import Batches, plan_batches
from libra_emo.students.multimodal.training.environment import choose_environment
from libra_emo.students.multimodal.training.launcher import run_program
from libra_emo.students.multimodal.training.occupancy import identify_machine, occupy
from libra_emo.students.multimodal.training.shard_place import lend_login, name_place
from libra_emo.students.multimodal.training.specification import Specification, Start
from libra_emo.students.options.fine_tuning import LauncherOptions
from libra_emo.students.options.multimodal import MultimodalOptions

Row = dict[str, Any]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class FinishedRun:
    """A finished training.

    Attributes:
        folder: Folder of the training; the last weights lie in `last` below it, and in `best`
            those that scored best if they are others.
        digest: Digest of all that shaped the weights.
        result: Result that the program wrote.
    """

    folder: Path
    digest: str
    result: dict[str, Any]

    @property
    def weights_name(self) -> str:
        """Name of the folder of the weights that the student gets."""
        return str(self.result["weights"])

    @property
    def weights(self) -> Path:
        """The folder of the weights that the student gets."""
        return self.folder / self.weights_name


@dataclass(frozen=True)
class Plan:
    """Where a training runs, and its batches.

    Attributes:
        batches: Its batches.
        machines: Its machines.
        cuda: Whether it runs on GPUs.
        assumed: Whether the number of processes is a guess, since there is no GPU to count.
    """

    batches: Batches
    machines: Machines
    cuda: bool
    assumed: bool = False


def plan(clips: int, options: MultimodalOptions, dry: bool = False) -> Plan:
    """Return where and in which batches a number of clips is learnt.

    Args:
        clips: Number of clips to learn.
        options: Options of the student.
        dry: Whether nothing is to be trained, so that this machine needs no GPU.

    Raises:
        StudentError: If the batch does not divide, or a GPU is set and there is none.
    """
    tuning = options.training
    cuda = wants_cuda(options.device, elsewhere=dry or runs_elsewhere(tuning.launcher))
    machines = find_machines(tuning.launcher, cuda, planned=dry)
    batches = plan_batches(
        clips, tuning.batch_clips, tuning.micro_batch_clips, machines.processes, tuning.epochs
    )
    elsewhere = runs_elsewhere(tuning.launcher) or tuning.launcher.kind == "none"
    assumed = cuda and not tuning.launcher.processes and not elsewhere and not wants_cuda("auto")
    return Plan(batches, machines, cuda, assumed)


def train_once(
    rows: Sequence[Row],
    labels: Sequence[str],
    held_out: Sequence[Row],
    taxonomy: Sequence[str],
    shards: Path | Address,
    options: MultimodalOptions,
    seed: int,
    work: Path,
    name: str,
) -> FinishedRun:
    """Train, or resume the same training where it was killed, or return it if it is done.

    Args:
        rows: Rows of `conversations` to learn.
        labels: Label of each row.
        held_out: Rows on which the training is scored.
        taxonomy: Labels that may be answered.
        shards: Folder of the clips, or its address.
        options: Options of the student.
        seed: Seed of the order, the augmentation, and the first values of the matrices.
        work: Folder of unfinished trainings.
        name: Name of the training in the progress bar.

    Raises:
        TrainingFailed: If the program ends early.
        TrainingBusy: If another process trains the same.
        StudentError: If the batch does not divide, or a GPU is set and there is none.
    """
    planned = plan(len(rows), options)
    specification = Specification(
        name=name,
        multimodal=options.model_dump(mode="json"),
        labels=list(labels),
        taxonomy=list(taxonomy),
        shards=name_place(shards),
        seed=seed,
        batch=asdict(planned.batches),
    )
    digest = files.digest_training(specification, list(rows), list(held_out))
    run = work / digest[: files.DIGEST_LETTERS]
    launcher = options.training.launcher
    done = files.read_result(run)
    if done is not None:
        return FinishedRun(run, digest, done)
    with occupy(run, launcher.silence_seconds) as token:
        done = files.read_result(run)  # another start may have finished it meanwhile
        if done is not None:
            return FinishedRun(run, digest, done)
        start = _describe_start(token, launcher, planned)
        _prepare(run, specification.model_copy(update={"start": start}), rows, held_out)
        _free_gpus(planned.cuda)
        with ProgressDisplay() as display:
            show = show_measurements(display, name, planned.batches.steps)
            with lend_login(run, shards):
                result = run_program(run, launcher, planned.machines, planned.cuda, show)
    for folder in run.glob("checkpoint-*"):
        shutil.rmtree(folder, ignore_errors=True)  # only a resumed training needs them
    for note in result.get("refused", []):
        logger.warning("%s: not learnt: %s", name, note["reason"])
    return FinishedRun(run, digest, result)


def _describe_start(token: str, launcher: LauncherOptions, planned: Plan) -> Start:
    return Start(
        token=token,
        machine=identify_machine(),
        slots=list(planned.machines.slots),
        names=list(planned.machines.names),
        cuda=planned.cuda,
        environment=choose_environment(os.environ, launcher.environment),
        silence_seconds=launcher.silence_seconds,
    )


def _prepare(
    run: Path, specification: Specification, rows: Sequence[Row], held_out: Sequence[Row]
) -> None:
    """Write what the program needs into the folder that this process occupies."""
    checkpoints.remove_torn(run)
    write_lines(run / files.EXAMPLES, list(rows))
    write_lines(run / files.VALIDATION, list(held_out))
    write_json(run / files.SPECIFICATION, specification.model_dump(mode="json"))
    last = checkpoints.last_whole(run)
    if last is not None:
        logger.info("%s: resumes from step %d", specification.name, checkpoints.step_of(last))


def _free_gpus(cuda: bool) -> None:
    """Free the GPU memory of models that this process no longer has."""
    gc.collect()
    if cuda:
        import torch

        torch.cuda.empty_cache()


def forget_finished(work: Path, kept: Sequence[str]) -> None:
    """Remove finished trainings but those kept; unfinished ones stay to be resumed."""
    for folder in work.glob("*"):
        if folder.name not in kept and files.read_result(folder) is not None:
            shutil.rmtree(folder, ignore_errors=True)


def show_measurements(
    display: ProgressDisplay, name: str, steps: int
) -> Callable[[dict[str, Any]], None]:
    """Return a function that shows a training's lines of measurements: steps, loss, speed."""
    done = 0

    def show(line: dict[str, Any]) -> None:
        nonlocal done
        if line["kind"] == "training":
            done = int(line["step"])
            text = f"loss {line['loss']:.3f}, {line['clips_per_second']:.1f} clips/s"
        else:
            text = f"held out: loss {line['loss']:.3f}, accuracy {line['accuracy']:.2f}"
        display.update(name, done, steps, text)

    return show
