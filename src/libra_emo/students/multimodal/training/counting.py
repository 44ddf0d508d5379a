"""The tensors that a training step keeps, counted without allocating any.

The language model's forward and backward pass run on torch's device without memory, `meta`, and
every tensor that comes and goes is counted by its size. So the count follows the model's own code:
low-rank matrices, their dropout, checkpointing.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from libra_emo.students.multimodal.families import UNLEARNT

ATTENTION = "counted"


class TensorCounter(TorchDispatchMode):  # type: ignore[misc]
    """Counts the bytes of all tensors that are made inside the block and are alive.

    Attributes:
        alive: Bytes that are alive.
        peak: The most bytes that were alive at a time.
    """

    def __init__(self) -> None:
        super().__init__()
        self.alive = 0
        self.peak = 0
        self._known: dict[int, Any] = {}

    def __torch_dispatch__(
        self, function: Any, types: Any, arguments: Any = (), options: Any = None
    ) -> Any:
        """Run an operation, and count the tensors that it made."""
        made = function(*arguments, **(options or {}))
        given = {
            value.untyped_storage()._cdata
            for value in tree_leaves((arguments, options))
            if isinstance(value, torch.Tensor)
        }
        for value in tree_leaves(made):
            if isinstance(value, torch.Tensor):
                self._add(value.untyped_storage(), given)
        return made

    def _add(self, storage: Any, given: set[int]) -> None:
        key = storage._cdata
        if key in self._known or key in given:  # a view of what was there before
            return
        size = storage.nbytes()
        self._known[key] = weakref.ref(storage, partial(self._remove, key, size))
        self.alive += size
        self.peak = max(self.peak, self.alive)

    def _remove(self, key: int, size: int, _: Any) -> None:
        self.alive -= size
        self._known.pop(key, None)


def count_step(model: Any, clips: int, tokens: int, answers: int, checkpointing: bool) -> int:
    """Return the most bytes of tensors, besides weights and their gradients, in one training step.

    Args:
        model: Model on the device `meta`, as it is trained; its attention must be `ATTENTION`.
        clips: Number of clips at a time.
        tokens: Number of tokens of each.
        answers: Number of tokens at the end of each whose scores are computed.
        checkpointing: Whether activations are computed again instead of kept.
    """
    inner = model.get_base_model() if hasattr(model, "peft_config") else model
    language = inner.get_decoder() if hasattr(inner, "get_decoder") else inner.model.language_model
    head = inner.get_output_embeddings()
    if checkpointing:
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    model.train()
    width = inner.config.get_text_config().hidden_size
    kind = next(language.parameters()).dtype
    embedded = torch.empty((clips, tokens, width), dtype=kind, device="meta")
    seen = torch.ones((clips, tokens), dtype=torch.long, device="meta")
    targets = torch.zeros(clips * answers, dtype=torch.long, device="meta")
    with _without_gradients(model), TensorCounter() as counter:
        embedded = embedded + 0  # counted: the model gets words and frames as one tensor
        hidden = language(
            inputs_embeds=embedded, attention_mask=seen, use_cache=False
        ).last_hidden_state
        scores = head(hidden[:, -answers:]).float().flatten(0, 1)
        loss = torch.nn.functional.cross_entropy(
            scores, targets, ignore_index=UNLEARNT, reduction="sum"
        )
        del hidden, scores
        loss.backward()
    return int(counter.peak)


@contextmanager
def _without_gradients(model: Any) -> Iterator[None]:
    """Drop each weight's gradient as soon as it is there: they are counted by themselves."""

    def drop(weight: Any) -> None:
        weight.grad = None

    hooks = [
        weight.register_post_accumulate_grad_hook(drop)
        for weight in model.parameters()
        if weight.requires_grad
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


@cache
def register_attention() -> str:
    """Make transformers know an attention that keeps what the fast kernels of GPUs keep.

    On `meta`, torch's own attention would keep a number for each pair of tokens.
    """
    from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS
    from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

    ALL_ATTENTION_FUNCTIONS.register(ATTENTION, _attend)
    ALL_MASK_ATTENTION_FUNCTIONS.register(ATTENTION, _no_mask)
    return ATTENTION


def _no_mask(*_: Any, **__: Any) -> None:
    return None


def _attend(module: Any, query: Any, key: Any, value: Any, *_: Any, **__: Any) -> tuple[Any, None]:
    return _Kernel.apply(query, key, value).transpose(1, 2), None


class _Kernel(torch.autograd.Function):  # type: ignore[misc]
    """Keeps queries, keys, values, the output, and one number a query and head."""

    @staticmethod
    def forward(context: Any, query: Any, key: Any, value: Any) -> Any:
        output = torch.empty_like(query)
        sums = torch.empty(query.shape[:3], dtype=torch.float32, device=query.device)
        context.save_for_backward(query, key, value, output, sums)
        return output

    @staticmethod
    def backward(context: Any, *_: Any) -> Any:
        query, key, value, *_ = context.saved_tensors
        return torch.empty_like(query), torch.empty_like(key), torch.empty_like(value)
