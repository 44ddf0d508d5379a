"""What every family of models can do, whatever its inputs look like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Protocol

from libra_emo.students.multimodal.examples import Example
from libra_emo.students.multimodal.options import MultimodalOptions

PaddingSide = Literal["left", "right"]
UNLEARNT = -100  # of a token that is no part of the answer: torch's loss passes it over


@dataclass(frozen=True, eq=False)
class Encoded:
    """One example as tensors, not yet padded.

    Attributes:
        clip_id: The clip.
        input_ids: Tokens of request and answer, of shape (tokens,).
        labels: The answer's tokens at their places, `UNLEARNT` elsewhere.
        position_ids: Of shape (tokens,), or (3, tokens) for time, height and width; None where
            the model alone knows its positions.
        token_inputs: Further inputs with one value a token, of shape (tokens,).
        clip_inputs: Pixels, sound and their sizes; batches join them along the first axis.
        switches: Inputs that are no tensors; alike for all examples of a batch.
        visual_tokens: How many of the tokens stand for what is seen.
    """

    clip_id: str
    input_ids: Any
    labels: Any
    position_ids: Any | None
    token_inputs: dict[str, Any] = field(default_factory=dict)
    clip_inputs: dict[str, Any] = field(default_factory=dict)
    switches: dict[str, bool] = field(default_factory=dict)
    visual_tokens: int = 0

    def __len__(self) -> int:
        """Return the number of tokens."""
        return int(self.input_ids.shape[0])


class Family(Protocol):
    """A family of models: how it is loaded, and how a clip becomes its inputs.

    Attributes:
        name: The family's name in the configuration.
        model_class: Of transformers, which the models are of.
        config: The model's configuration, once it or its processor is loaded.
        hears: Whether the models take sound.
        knows_positions: Whether `encode` gives the positions of tokens. Where it does not, batches
            must not be padded.
        lora_targets: One regular expression that matches the language model's linear layers by
            their full names, and nothing of the vision and audio towers.
    """

    name: ClassVar[str]
    model_class: ClassVar[str]
    hears: ClassVar[bool]
    knows_positions: ClassVar[bool]
    lora_targets: ClassVar[str]
    config: Any

    def load(
        self, checkpoint: str, options: MultimodalOptions, device: str | None = None
    ) -> tuple[Any, Any]:
        """Return the model, on its device and in evaluation mode, and its processor."""
        ...

    def load_processor(self, checkpoint: str, options: MultimodalOptions) -> Any:
        """Return the processor alone; `encode` works after it."""
        ...

    def encode(self, processor: Any, example: Example, answer: str | None) -> Encoded:
        """Return an example as tensors, with its answer when there is one."""
        ...

    def answer_ids(self, processor: Any, answer: str, explained: bool) -> list[int]:
        """Return the tokens of an answer, the terminator included."""
        ...

    def label_ids(self, processor: Any, label: str, explained: bool) -> list[int]:
        """Return the tokens of a label with what ends it: a new line, or the end of the turn."""
        ...

    def end_of_turn(self, processor: Any) -> int:
        """Return the token that ends an answer."""
        ...

    def collate(
        self, encoded: Sequence[Encoded], padding_side: PaddingSide = "right"
    ) -> dict[str, Any]:
        """Return a batch that the model takes as keyword arguments."""
        ...
