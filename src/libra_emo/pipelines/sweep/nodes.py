"""Nodes of the sweeps."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from libra_emo.evaluation.sweeps.options import SweepOptions
from libra_emo.evaluation.sweeps.plot import plot_sweep
from libra_emo.evaluation.sweeps.settings import list_settings
from libra_emo.pipelines.sweep.results import digest_training, keep_answers
from libra_emo.pipelines.sweep.training import SweepInputs, score_setting, train_and_answer
from libra_emo.students import TrainingOptions

logger = logging.getLogger(__name__)


def run_sweep(
    name: str,
    *,
    sweep: SweepOptions,
    training: TrainingOptions,
    student: str,
    sweeps_folder: Path,
    rounds: tuple[pd.DataFrame, ...],
    **inputs: Any,
) -> pd.DataFrame:
    """Return the scores of a sweep, one row a setting.

    A student whose answers are kept from before, made from the same inputs and code, is not trained
    again, whichever sweep needed it; so a sweep that ended early goes on where it was.

    Args:
        name: Name of the sweep.
        sweep: What the sweeps vary.
        training: Options of the training, which the settings change.
        student: Kind of the student.
        sweeps_folder: Folder for the answers of trained students.
        rounds: RoundLabels of every round, round 0 first.
        **inputs: Further fields of `SweepInputs`.

    Returns:
        setting, clips (that the student learnt), n and films of the bench, then each score with
        its 95 % interval.
    """
    shared = SweepInputs(rounds=rounds, training=training, student=student, **inputs)
    settings = list_settings(name, sweep, len(rounds), explains=student == "multimodal")
    rows = []
    for number, setting in enumerate(settings, 1):
        key = digest_training(shared.digest(setting))
        make = partial(train_and_answer, setting, shared, key)
        rows.append(score_setting(setting, shared, keep_answers(sweeps_folder, key, make)))
        logger.info("sweep %s: %s of %s settings are done", name, number, len(settings))
    return pd.DataFrame(rows)


def draw_sweep(name: str, scores: pd.DataFrame) -> Any:
    """Return the figure of a sweep, a matplotlib Figure."""
    return plot_sweep(scores, name)
