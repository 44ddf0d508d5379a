"""The base of all families: tokens of requests and answers, and padding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from libra_emo.students.errors import EncodingError, StudentError
from libra_emo.students.multimodal.examples import Example
from libra_emo.students.multimodal.families.interface import UNLEARNT, Encoded, PaddingSide
from libra_emo.students.multimodal.families.pieces import (
    cut_subtitle,
    frame_times,
    pad,
    render,
    stack_frames,
)
from libra_emo.students.multimodal.families.pixels import (
    RAW,
    PixelScale,
    agree,
    read_scale,
    scale_in_forward,
)
from libra_emo.students.multimodal.families.special_tokens import (
    SpecialVocabulary,
    read_special_tokens,
)
from libra_emo.students.multimodal.pretrained import (
    load_weights,
    read_configuration,
    read_processor,
)
from libra_emo.students.options.multimodal import MultimodalOptions

_STAND_IN = "answer"  # a text in place of an answer, to see what the template writes after it


class CommonFamily:
    """The base of the families; each adds its own inputs and positions.

    After `load` or `load_processor` it knows the model's configuration and can be sent to other
    processes, which then `encode` and `collate`.
    """

    name: ClassVar[str]
    hears: ClassVar[bool] = False
    knows_positions: ClassVar[bool] = True
    lora_targets: ClassVar[str] = (
        r"(?:.*\.)?language_model\.(?:.*\.)?layers\.\d+\..*?(?:q|k|v|o|qkv|gate|up|down|gate_up)_proj"
    )
    model_class: ClassVar[str]
    processor_class: ClassVar[str] = "AutoProcessor"

    def __init__(self) -> None:
        self.config: Any = None
        self.scale: PixelScale | None = None
        self.max_subtitle_tokens = MultimodalOptions().max_subtitle_tokens
        self._special: SpecialVocabulary | None = None

    def load(
        self, checkpoint: str, options: MultimodalOptions, device: str | None = None
    ) -> tuple[Any, Any]:
        """Return the model, on its device and in evaluation mode, and its processor."""
        processor = self.load_processor(checkpoint, options)
        model = load_weights(checkpoint, options, self.model_class, device)
        return scale_in_forward(model, self.scale), processor

    def load_processor(self, checkpoint: str, options: MultimodalOptions) -> Any:
        """Return the processor alone; `encode` works afterwards."""
        self.config = self.text_and_vision(read_configuration(checkpoint, options))
        self.max_subtitle_tokens = options.max_subtitle_tokens
        processor = read_processor(checkpoint, options, self.processor_class)
        self._special = read_special_tokens(processor)
        self.scale = self._find_scale(processor, options.frame_pixels)
        return processor

    def _find_scale(self, processor: Any, side: int) -> PixelScale | None:
        """Return the scale of pixels if a drawn clip, scaled later, has the same numbers."""
        self.scale = None
        scale = read_scale(processor)
        if scale is None:
            return None
        drawn = np.random.default_rng(0).integers(0, 256, (2, side, side, 3), dtype=np.uint8)
        example = Example("", list(drawn), 2.0, None, 16_000, "?")
        try:
            numbers = self.inputs(processor, example)
            self.scale = scale
            same = agree(scale, self.inputs(processor, example), numbers)
        except (TypeError, ValueError, RuntimeError, AttributeError):
            same = False  # a processor that cannot keep bytes
        return scale if same else None

    def text_and_vision(self, config: Any) -> Any:
        """Return the part of a configuration that describes the model that is trained."""
        return config

    def encode(self, processor: Any, example: Example, answer: str | None) -> Encoded:
        """Return an example as tensors, with its answer when there is one.

        Raises:
            EncodingError: If the processor or the model's positions cannot take the clip.
        """
        try:
            return self._encode(processor, example, answer)
        except Exception as error:
            raise EncodingError(_describe(example, self.name, error)) from error

    def _encode(self, processor: Any, example: Example, answer: str | None) -> Encoded:
        import torch

        request = self.inputs(processor, example)
        prompt = request.pop("input_ids")[0]
        request.pop("attention_mask", None)
        tokens = [] if answer is None else self.answer_ids(processor, answer, example.explained)
        added = torch.tensor(tokens, dtype=prompt.dtype)
        input_ids = torch.cat([prompt, added])
        labels = torch.cat([torch.full_like(prompt, UNLEARNT), added])
        per_token = {
            name: torch.cat([value[0], value.new_zeros(len(tokens))])
            for name, value in request.items()
            if hasattr(value, "shape") and tuple(value.shape) == (1, len(prompt))
        }
        per_clip = {name: value for name, value in request.items() if name not in per_token}
        switches = {
            name: per_clip.pop(name) for name in list(per_clip) if _is_switch(per_clip, name)
        }
        positions = self.positions(input_ids, per_token, per_clip, switches)
        kept = {name: value for name, value in per_clip.items() if name not in self.only_positions}
        return Encoded(
            clip_id=example.clip_id,
            input_ids=input_ids,
            labels=labels,
            position_ids=positions,
            token_inputs=per_token,
            clip_inputs=kept,
            switches=switches,
            visual_tokens=self.count_visual(processor, input_ids),
        )

    only_positions: ClassVar[tuple[str, ...]] = ()

    def inputs(self, processor: Any, example: Example) -> dict[str, Any]:
        """Return the processor's output for a request, whose first axis is one clip."""
        text = self.prompt(processor, example, self.content(example))
        visual: dict[str, Any] = {}
        if example.frames:
            visual["videos"] = [stack_frames(example)]
            visual["video_metadata"] = [frame_times(example)]
            visual["do_sample_frames"] = False
            visual |= self.pixel_options()
        return dict(self.process(processor, text, **visual))

    def process(self, processor: Any, text: str, **inputs: Any) -> Any:
        """Return the processor's output for a rendered request, as the template's own tokens.

        A template that writes the token of the beginning would otherwise get a second one from
        the tokenizer.
        """
        begin = processor.tokenizer.bos_token
        if begin is not None and text.lstrip().startswith(begin):
            inputs["add_special_tokens"] = False
        return processor(text=[text], return_tensors="pt", **inputs)

    def pixel_options(self) -> dict[str, bool]:
        """Return the options with which the processor keeps pixels as bytes, if it can."""
        return {} if self.scale is None else dict(RAW)

    def content(self, example: Example) -> list[dict[str, str]]:
        """Return the placeholders of frames and sound, as the chat template takes them."""
        return [{"type": "video"}] if example.frames else []

    def prompt(self, processor: Any, example: Example, places: list[dict[str, str]]) -> str:
        """Return the request as text, up to the beginning of the answer.

        What is special in it comes from the chat template alone, never from the words of a film.
        """
        words = cut_subtitle(processor.tokenizer, example, self.max_subtitle_tokens)
        words = self.neutralise(processor, words)
        turn = {"role": "user", "content": [*places, {"type": "text", "text": words}]}
        return render(processor, [turn], add_generation_prompt=True)

    def neutralise(self, processor: Any, text: str) -> str:
        """Return a text of a turn without any special token of the model."""
        if self._special is None:
            self._special = read_special_tokens(processor)
        return self._special.neutralise(processor.tokenizer, text)

    def positions(
        self,
        input_ids: Any,
        per_token: dict[str, Any],
        per_clip: dict[str, Any],
        switches: dict[str, bool],
    ) -> Any:
        """Return the position of each token."""
        import torch

        return torch.arange(len(input_ids))

    def count_visual(self, processor: Any, input_ids: Any) -> int:
        """Return the number of tokens that stand for frames."""
        seen = {getattr(processor, name, None) for name in ("image_token_id", "video_token_id")} - {
            None
        }
        return int(sum((input_ids == token).sum() for token in seen))

    def answer_ids(self, processor: Any, answer: str, explained: bool) -> list[int]:
        """Return the tokens of an answer, the terminator included.

        The first line is tokenised by itself, so that a label has the same tokens whatever follows.
        """
        label, _, explanation = answer.partition("\n")
        first = self.label_ids(processor, label, explained)
        if not explained:
            return first
        words = self.neutralise(processor, explanation)
        rest = processor.tokenizer(words, add_special_tokens=False)["input_ids"]
        return [*first, *rest, self.end_of_turn(processor)]

    def label_ids(self, processor: Any, label: str, explained: bool) -> list[int]:
        """Return the tokens of a label and its terminator: a new line, or the end of the turn."""
        if explained:
            return list(processor.tokenizer(f"{label}\n", add_special_tokens=False)["input_ids"])
        tokens = processor.tokenizer(label, add_special_tokens=False)["input_ids"]
        return [*tokens, self.end_of_turn(processor)]

    def end_of_turn(self, processor: Any) -> int:
        """Return the token with which the chat template ends an answer."""
        turns = [
            {"role": "user", "content": [{"type": "text", "text": "?"}]},
            {"role": "assistant", "content": [{"type": "text", "text": _STAND_IN}]},
        ]
        after = render(processor, turns).rpartition(_STAND_IN)[2].strip()
        tokens = processor.tokenizer(after, add_special_tokens=False)["input_ids"]
        end = tokens[0] if tokens else processor.tokenizer.eos_token_id
        if end is None:
            raise StudentError(
                f"{self.name}: neither the chat template nor the tokenizer says how an answer "
                "ends; use a checkpoint of a chat model"
            )
        return int(end)

    def collate(
        self, encoded: Sequence[Encoded], padding_side: PaddingSide = "right"
    ) -> dict[str, Any]:
        """Return a batch that the model takes as keyword arguments.

        Where only the model knows positions, padding goes after the answer in any case.
        """
        import torch

        longest = max(len(item) for item in encoded)
        if not self.knows_positions and any(len(item) != longest for item in encoded):
            padding_side = "right"  # after the answer, where it moves no position
        batch: dict[str, Any] = {
            "input_ids": pad([item.input_ids for item in encoded], longest, 0, padding_side),
            "labels": pad([item.labels for item in encoded], longest, UNLEARNT, padding_side),
            "attention_mask": pad(
                [torch.ones_like(item.input_ids) for item in encoded], longest, 0, padding_side
            ),
        }
        for name in encoded[0].token_inputs:
            values = [item.token_inputs[name] for item in encoded]
            batch[name] = pad(values, longest, 0, padding_side)
        if encoded[0].position_ids is not None:
            places = pad([item.position_ids for item in encoded], longest, 0, padding_side)
            batch["position_ids"] = places.transpose(0, 1) if places.dim() == 3 else places
        for name in encoded[0].clip_inputs:
            batch[name] = torch.cat([item.clip_inputs[name] for item in encoded])
        return {**batch, **encoded[0].switches}


def _is_switch(values: dict[str, Any], name: str) -> bool:
    return isinstance(values[name], bool)


def _describe(example: Example, family: str, error: Exception) -> str:
    cause = str(error).strip().partition("\n")[0] or "no reason is given"
    kind = "" if isinstance(error, StudentError) else f"{type(error).__name__}: "
    return f"clip {example.clip_id}: it cannot be encoded for {family} ({kind}{cause})"
