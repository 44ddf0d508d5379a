"""How a multimodal model is fine-tuned, and by how many processes."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from libra_emo.common.options import Options

Precision = Literal["bf16", "fp32"]
ZeroStage = Literal[0, 2, 3]


class LoraOptions(Options):
    """The low-rank matrices that are learnt beside the frozen language model.

    Attributes:
        rank: Rank of each pair of matrices; 0 tunes all weights of the language model instead. The
            paper gives no rank.
        alpha: Scale of the matrices' product, which is multiplied by alpha / rank.
        dropout: Share of their inputs that is dropped during training.
    """

    rank: int = Field(default=16, ge=0)
    alpha: float = Field(default=32.0, gt=0)
    dropout: float = Field(default=0.05, ge=0, lt=1)


class LauncherOptions(Options):
    """What starts the training program, and on which machines.

    Attributes:
        kind: `deepspeed` (ZeRO), `torchrun` (plain data parallelism), or `none` (one process).
        processes: Number of processes on each machine, one a GPU; 0 for the number of GPUs.
        hostfile: List of machines (`name slots=8` a line), which all see this project's folder at
            the same path; null for this machine alone.
        start: How the program is started on other machines: by `ssh` on those of the hostfile, or
            by `srun` on those of the SLURM allocation in which the command runs.
        ssh_command: Words before the machine's name; what follows the name is a line for its shell.
        srun_options: Further options of srun.
        environment: Variables that the program gets on every machine, beside those that are handed
            over by themselves.
        silence_seconds: Seconds without a sign of life of the starter after which processes on
            other machines end.
        zero_stage: What DeepSpeed shards over the processes: 0 nothing, 2 gradients and the
            optimizer's state, 3 the weights too.
        offload_optimizer: Whether the optimizer's state lies in the machine's memory.
    """

    kind: Literal["deepspeed", "torchrun", "none"] = "deepspeed"
    processes: int = Field(default=0, ge=0)
    hostfile: Path | None = None
    start: Literal["ssh", "srun"] = "ssh"
    ssh_command: tuple[str, ...] = Field(default=("ssh", "-o", "BatchMode=yes"), min_length=1)
    srun_options: tuple[str, ...] = ()
    environment: dict[str, str] = Field(default_factory=dict)
    silence_seconds: float = Field(default=30.0, ge=5)
    zero_stage: ZeroStage = 2
    offload_optimizer: bool = False

    @model_validator(mode="after")
    def _check(self) -> LauncherOptions:
        if self.kind == "none" and (self.hostfile is not None or self.start == "srun"):
            raise ValueError(
                "hostfile: without a launcher there is one machine; set kind to deepspeed or "
                "torchrun"
            )
        if self.hostfile is not None and self.start == "srun":
            raise ValueError("hostfile: srun knows the machines of its allocation; leave it out")
        if self.kind == "none" and self.processes > 1:
            raise ValueError(
                f"processes: without a launcher there is one, not {self.processes}; "
                "set kind to deepspeed or torchrun"
            )
        return self


class FineTuningOptions(Options):
    """How the model learns; defaults are the paper's (Table 11) where it names a value.

    Attributes:
        learning_rate: Peak learning rate of AdamW (Table 11).
        warmup_ratio: Share of the steps in which the learning rate rises linearly; then it falls
            with a cosine (Table 11).
        weight_decay: Weight decay of AdamW (Table 11).
        max_gradient_norm: Norm to which gradients are clipped (Table 11).
        batch_clips: Number of clips in a step, over all processes (Table 11).
        micro_batch_clips: Number of clips that one process holds at a time; the number of
            accumulation steps follows from it.
        epochs: Number of passes over the clips (Table 11).
        lora: The low-rank matrices.
        precision: Arithmetic of the training: bf16, or fp32 for processors without it.
        gradient_checkpointing: Whether activations are computed again instead of kept.
        class_balance: 0 takes each clip once an epoch; above that, clips are drawn with the
            weight count^-class_balance of their label, so that 1 draws all labels alike.
        validation_fraction: Share of the clips that is held out, in whole films, and scored by
            label during training; at most `validation_clips`.
        validation_clips: Most clips that are held out.
        checkpoint_every_steps: Number of steps between two checkpoints, each of which is scored.
        keep: Which weights the student gets: the last, or those that scored best on the clips
            held out.
        best_by: Score that says which weights are best.
        log_every_steps: Number of steps between two lines of measurements.
        loader_workers: Number of processes that prepare clips for each training process.
        cross_fitting_folds: Number of groups of films, each predicted by a student trained without
            it; 0 predicts training clips by the one student, after its single epoch, as the paper
            does.
        launcher: What starts the training program.
    """

    learning_rate: float = Field(default=3e-4, gt=0)
    warmup_ratio: float = Field(default=0.03, ge=0, lt=1)
    weight_decay: float = Field(default=0.01, ge=0)
    max_gradient_norm: float = Field(default=1.0, gt=0)
    batch_clips: int = Field(default=128, ge=1)
    micro_batch_clips: int = Field(default=2, ge=1)
    epochs: int = Field(default=1, ge=1)
    lora: LoraOptions = LoraOptions()
    precision: Precision = "bf16"
    gradient_checkpointing: bool = True
    class_balance: float = Field(default=0.0, ge=0, le=1)
    validation_fraction: float = Field(default=0.02, ge=0, lt=1)
    validation_clips: int = Field(default=512, ge=0)
    checkpoint_every_steps: int = Field(default=50, ge=1)
    keep: Literal["last", "best"] = "last"
    best_by: Literal["loss", "accuracy", "macro_f1"] = "loss"
    log_every_steps: int = Field(default=1, ge=1)
    loader_workers: int = Field(default=4, ge=0)
    cross_fitting_folds: int = Field(default=0, ge=0)
    launcher: LauncherOptions = LauncherOptions()

    @model_validator(mode="after")
    def _check(self) -> FineTuningOptions:
        if self.cross_fitting_folds == 1:
            raise ValueError(
                "cross_fitting_folds: one fold leaves nothing to train on; use 0 or at least 2"
            )
        if self.keep == "best" and not (self.validation_fraction and self.validation_clips):
            raise ValueError("keep: best needs clips held out; set validation_fraction above 0")
        return self
