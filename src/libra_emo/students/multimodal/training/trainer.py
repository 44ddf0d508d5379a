"""transformers' Trainer, with answers' losses, whole checkpoints and measurements of our own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import SequentialSampler
from transformers import Trainer, TrainerState, TrainingArguments

from libra_emo.students.multimodal.training import checkpoints
from libra_emo.students.multimodal.training.losses import answer_loss
from libra_emo.students.multimodal.training.measurements import Recorder, Stopwatch, gpu_memory

Score = Callable[[Any], dict[str, float]]


class FineTuner(Trainer):  # type: ignore[misc]
    """Trains on `Lessons` in their order.

    The loss between two updates is the mean over all answers' tokens of all processes, so that
    any number of processes learns the same. The random state is restored by the Trainer only
    after a resumed epoch's first clips are taken, which is why clips depend on nothing random.

    Args:
        recorder: Where measurements go; None but in the first process.
        score: Gives the scores of a model on the clips held out; None where none are.
        steps_per_epoch: Updates in an epoch.
        options: What the Trainer itself takes.
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
        self._scored: tuple[int, dict[str, float]] | None = None  # after which update

    def _get_train_sampler(self, train_dataset: Any = None) -> Any:
        return SequentialSampler(self.train_dataset)

    def get_batch_samples(
        self, epoch_iterator: Iterator[Any], num_batches: int, device: Any
    ) -> tuple[list[Any], Any]:
        """Return the portions of an update, and how many tokens all processes learn in it."""
        if self._watch is None:
            self._watch = Stopwatch()
        began = time.perf_counter()
        batches = [next(epoch_iterator) for _ in range(num_batches)]
        waited = time.perf_counter() - began
        counts = [_count(batch) for batch in batches]
        told = torch.stack(counts).sum(dim=0).to(device)
        if self.args.world_size > 1:
            told = self.accelerator.gather(told[None]).sum(dim=0)
        learnt, tokens, clips = (int(value) for value in told)
        self._watch.add(waited, clips, tokens)
        return batches, torch.tensor(max(learnt, 1), device=device)

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        """Return this portion's share of the update's mean loss."""
        loss, _ = answer_loss(model, inputs)
        # gradients are averaged over processes, so each one's share counts that often
        return loss / num_items_in_batch * self.args.world_size

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        """Return the scores on the clips held out, as the Trainer names them.

        The Trainer may ask twice after the last update; it is answered from the first time.
        """
        assert self._score is not None  # noqa: S101 - asked for only with clips held out
        if self._scored is not None and self._scored[0] == self.state.global_step:
            return self._scored[1]
        self.model.eval()
        scores = self._score(self.model_wrapped if self.is_deepspeed_enabled else self.model)
        self.model.train()
        if self._recorder is not None:
            self._recorder.write("validation", self.state.global_step, scores)
        self._watch = None
        told = {f"eval_{name}": value for name, value in scores.items()}
        self._scored = self.state.global_step, told
        return told

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Write a line of measurements."""
        if "loss" not in logs:  # the summary at the end
            return
        step = self.state.global_step
        epoch = step / self._steps_per_epoch
        speed = self._watch.read() if self._watch is not None else {}
        told = {**logs, "epoch": round(epoch, 6), **speed, **gpu_memory()}
        if self._recorder is not None:
            self._recorder.write("training", step, told)

    def save_model(self, output_dir: str | None = None, _internal_call: bool = False) -> None:
        """Write the weights; of low-rank matrices just these, not a copy of the whole model first.

        Below stage 3 every process has them whole, and the first one writes them.
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
    """Return after which update a training scored best, as a checkpoint of it knows."""
    state = TrainerState.load_from_json(str(checkpoint / "trainer_state.json"))
    found: int | None = state.best_global_step
    return found


def _count(batch: dict[str, Any]) -> Any:
    """Return learnt tokens, all tokens, and clips that are learnt."""
    learnt = batch["labels"] != -100
    clips = learnt.any(dim=1)
    seen = batch["attention_mask"].sum(dim=1)[clips]
    return torch.stack([learnt.sum(), seen.sum(), clips.sum()]).cpu()


def build_arguments(run: Path, values: dict[str, Any]) -> TrainingArguments:
    """Return the Trainer's arguments, with all that would chat or call out switched off."""
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
