"""The interface of all model families."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Protocol

from libra_emo.students.multimodal.examples import Example
from libra_emo.students.options.multimodal import MultimodalOptions

PaddingSide = Literal["left", "right"]
UNLEARNT = -100  # label of tokens outside the answer, which torch's loss ignores


@dataclass(frozen=True, eq=False)
class Encoded:
    """One example as tensors, not yet padded.

    Attributes:
        clip_id: Id of the clip.
        input_ids: Tokens of request and answer, of shape (tokens,).
        labels: The answer's tokens at their places, `UNLEARNT` elsewhere.
        position_ids: Positions of shape (tokens,), or (3, tokens) for time, height and width; None
            where only the model knows them.
        token_inputs: Further inputs with one value a token, of shape (tokens,).
        clip_inputs: Pixels, sound and their sizes; batches join them along the first axis.
        switches: Inputs that are not tensors; the same for all examples of a batch.
        visual_tokens: Number of the tokens that stand for frames.
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
        name: Name of the family in the configuration.
        model_class: Name of the models' class in transformers.
        config: Configuration of the model, once it or its processor is loaded.
        hears: Whether the models take sound.
        knows_positions: Whether `encode` gives the positions of tokens. Where it does not, batches
            must not be padded.
        lora_targets: Regular expression that matches the full names of the language model's linear
            layers, and no layer of the vision and audio encoders.
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
        """Return the processor alone; `encode` works afterwards."""
        ...

    def encode(self, processor: Any, example: Example, answer: str | None) -> Encoded:
        """Return an example as tensors, with its answer when there is one."""
        ...

    def answer_ids(self, processor: Any, answer: str, explained: bool) -> list[int]:
        """Return the tokens of an answer, the terminator included."""
        ...

    def label_ids(self, processor: Any, label: str, explained: bool) -> list[int]:
        """Return the tokens of a label and its terminator: a new line, or the end of the turn."""
        ...

    def end_of_turn(self, processor: Any) -> int:
        """Return the token that ends an answer."""
        ...

    def collate(
        self, encoded: Sequence[Encoded], padding_side: PaddingSide = "right"
    ) -> dict[str, Any]:
        """Return a batch that the model takes as keyword arguments."""
        ...
