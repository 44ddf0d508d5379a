"""transformers' Trainer, with a loss of answers, whole checkpoints, and measurements."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import SequentialSampler
from transformers import Trainer, TrainerState, TrainingArguments

from libra_emo.students.multimodal.families import UNLEARNT
from libra_emo.students.multimodal.training import checkpoints
from libra_emo.students.multimodal.training.program.losses import answer_loss
from libra_emo.students.multimodal.training.program.measurements import (
    Recorder,
    Stopwatch,
    gpu_memory,
)

Score = Callable[[Any], dict[str, float]]


class FineTuner(Trainer):  # type: ignore[misc]
    """Trains on a `TrainingDataset` in its order.

    The loss of a step is the mean over the tokens of all answers in all processes, so that any
    number of processes learns the same. A resumed Trainer restores the random state only after it
    has taken the first clips, which is why the clips do not depend on it.

    Args:
        recorder: Writer of measurements; None in all processes but the first.
        score: Function that scores a model on the clips held out; None without such clips.
        steps_per_epoch: Number of steps in an epoch.
        options: Arguments of the Trainer itself.
    """

    loss_is_scaled_for_ga = True

    def __init__(
        self,
        *,
        recorder: Recorder | None,
        score: Score | None,
        steps_per_epoch: int,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self._recorder = recorder
        self._score = score
        self._steps_per_epoch = steps_per_epoch
        self._watch: Stopwatch | None = None  # starts with the first clips
        self._scored: tuple[int, dict[str, float]] | None = None  # the step, and its scores

    def _get_train_sampler(self, train_dataset: Any = None) -> Any:
        return SequentialSampler(self.train_dataset)

    def get_batch_samples(
        self, epoch_iterator: Iterator[Any], num_batches: int, device: Any
    ) -> tuple[list[Any], Any]:
        """Return the micro-batches of a step, and the number of tokens that all processes learn."""
        if self._watch is None:
            self._watch = Stopwatch()
        began = time.perf_counter()
        batches = [next(epoch_iterator) for _ in range(num_batches)]
        waited = time.perf_counter() - began
        counts = [_count(batch) for batch in batches]
        total = torch.stack(counts).sum(dim=0).to(device)
        if self.args.world_size > 1:
            total = self.accelerator.gather(total[None]).sum(dim=0)
        learnt, tokens, clips = (int(value) for value in total)
        self._watch.add(waited, clips, tokens)
        return batches, torch.tensor(max(learnt, 1), device=device)

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        """Return the share of this micro-batch in the mean loss of the step."""
        loss, _ = answer_loss(model, inputs)
        # gradients are averaged over processes, so the share of each is multiplied by their number
        return loss / num_items_in_batch * self.args.world_size

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        """Return the scores on the clips held out, as the Trainer names them.

        The Trainer may evaluate twice after the last step; the second time gets the same scores.
        """
        assert self._score is not None  # noqa: S101 - called only with clips held out
        if self._scored is not None and self._scored[0] == self.state.global_step:
            return self._scored[1]
        self.model.eval()
        scores = self._score(self.model_wrapped if self.is_deepspeed_enabled else self.model)
        self.model.train()
        if self._recorder is not None:
            self._recorder.write("validation", self.state.global_step, scores)
        self._watch = None
        named = {f"eval_{name}": value for name, value in scores.items()}
        self._scored = self.state.global_step, named
        return named

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Write a line of measurements."""
        if "loss" not in logs:  # the summary at the end
            return
        step = self.state.global_step
        epoch = step / self._steps_per_epoch
        speed = self._watch.read() if self._watch is not None else {}
        line = {**logs, "epoch": round(epoch, 6), **speed, **gpu_memory()}
        if self._recorder is not None:
            self._recorder.write("training", step, line)

    def save_model(self, output_dir: str | None = None, _internal_call: bool = False) -> None:
        """Write the weights; of low-rank matrices only these, without a copy of the whole model.

        Below stage 3 of ZeRO every process has them whole, and the first one writes them.
        """
        whole = self.is_deepspeed_enabled and self.deepspeed.zero_optimization_stage() < 3
        if whole and hasattr(self.model, "peft_config"):
            self._save(output_dir or self.args.output_dir)
        else:
            super().save_model(output_dir, _internal_call)

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        super()._save_checkpoint(model, trial)
        self.accelerator.wait_for_everyone()
        if self.is_world_process_zero():
            run = Path(self.args.output_dir)
            checkpoints.mark_whole(run / f"checkpoint-{self.state.global_step}")
            checkpoints.prune(run, self.state.best_global_step)
        self.accelerator.wait_for_everyone()
        self._watch = None


def best_step(checkpoint: Path) -> int | None:
    """Return the step that scored best, as a checkpoint of the training records it."""
    state = TrainerState.load_from_json(str(checkpoint / "trainer_state.json"))
    found: int | None = state.best_global_step
    return found


def _count(batch: dict[str, Any]) -> Any:
    """Return the numbers of learnt tokens, of all tokens, and of clips that are learnt."""
    learnt = batch["labels"] != UNLEARNT
    clips = learnt.any(dim=1)
    seen = batch["attention_mask"].sum(dim=1)[clips]
    return torch.stack([learnt.sum(), seen.sum(), clips.sum()]).cpu()


def build_arguments(run: Path, values: dict[str, Any]) -> TrainingArguments:
    """Return the Trainer's arguments, with its own reports and all network access switched off."""
    return TrainingArguments(
        output_dir=str(run),
        report_to="none",
        disable_tqdm=True,
        push_to_hub=False,
        remove_unused_columns=False,
        label_names=["labels"],
        logging_nan_inf_filter=False,
        save_total_limit=None,
        **values,
    )
