"""How probable each label is as the answer: one reading of the clip serves all labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from libra_emo.students.multimodal.examples import Example
from libra_emo.students.multimodal.families import Encoded, Family
from libra_emo.students.multimodal.inference.label_tree import LabelTree, grow_tree
from libra_emo.students.multimodal.inference.prefill import group_alike, later_places, read_requests
from libra_emo.students.multimodal.inference.repeated_cache import score_repeated

_TAKES_ANY_MASK = ("sdpa", "eager")


def score_labels(
    model: Any,
    family: Family,
    processor: Any,
    examples: Sequence[Example],
    labels: Sequence[str],
) -> NDArray[np.float64]:
    """Return the log-likelihood of each label, with what ends it, as a clip's answer.

    The request is read once. Then the tokens of all labels are read behind its cache, side by
    side, each seeing the request and the tokens of its own label before it. The end (a new line,
    or the end of the turn) is part of each label, so that none gains from being the beginning of
    another.

    Args:
        model: In evaluation mode.
        family: Its own.
        processor: Its own.
        examples: Clips with their requests; answers are not looked at.
        labels: The candidates.

    Returns:
        A row an example, a column a label; not normalised over the labels.
    """
    encoded = [family.encode(processor, example, None) for example in examples]
    explained = [example.explained for example in examples]
    return score_encoded(model, family, processor, encoded, explained, labels)


def score_encoded(
    model: Any,
    family: Family,
    processor: Any,
    encoded: Sequence[Encoded],
    explained: Sequence[bool],
    labels: Sequence[str],
) -> NDArray[np.float64]:
    """Return what `score_labels` does, of requests that are tensors already.

    Args:
        model: In evaluation mode.
        family: Its own.
        processor: Its own.
        encoded: The requests.
        explained: Whether each one's answer has a second line.
        labels: The candidates.
    """
    import torch

    found = np.zeros((len(encoded), len(labels)))
    with torch.inference_mode():
        for places in group_alike(encoded, family, explained):
            ends = explained[places[0]]
            wanted = [family.label_ids(processor, label, ends) for label in labels]
            some = [encoded[place] for place in places]
            found[places] = _score(model, family, some, wanted).double().cpu().numpy()
    return found


def _score(model: Any, family: Family, some: Sequence[Encoded], wanted: list[list[int]]) -> Any:
    batch, read = read_requests(model, family, some)
    if family.knows_positions and _takes_any_mask(model):
        return _score_tree(model, batch, read, grow_tree(wanted))
    return score_repeated(model, batch, read, wanted)


def _takes_any_mask(model: Any) -> bool:
    """Tell whether the model's attention can be told which token sees which."""
    from transformers import PreTrainedModel

    inner = next((part for part in model.modules() if isinstance(part, PreTrainedModel)), model)
    return inner.config.get_text_config()._attn_implementation in _TAKES_ANY_MASK


def _score_tree(model: Any, batch: dict[str, Any], read: Any, tree: LabelTree) -> Any:
    """Return the labels' log-likelihoods, of shape (clips, labels)."""
    import torch

    scores = read.logits[:, -1:].float()
    if tree.tokens:
        tokens = torch.tensor(tree.tokens, device=scores.device)
        depths = torch.tensor(tree.depths, device=scores.device)
        told = model(
            input_ids=tokens.expand(len(scores), -1),
            attention_mask=_mask(batch["attention_mask"], tree, read.past_key_values),
            position_ids=later_places(batch["position_ids"], depths),
            past_key_values=read.past_key_values,
            use_cache=True,
        )
        scores = torch.cat([scores, told.logits.float()], dim=1)
    steps = [(label, *step) for label, path in enumerate(tree.steps) for step in path]
    label, node, token = torch.tensor(steps, device=scores.device).T
    each = scores[:, node, token] - scores.logsumexp(dim=-1)[:, node]
    return each.new_zeros((len(each), len(tree.steps))).index_add(1, label, each)


def _mask(asked: Any, tree: LabelTree, cache: Any) -> Any:
    """Return what each of the tree's tokens sees: the request, and its own line.

    Of shape (clips, 1, nodes, tokens of the request + nodes): 0 where it sees, otherwise the
    lowest number of the cache's kind.
    """
    import torch

    count = len(tree.tokens)
    sees = torch.zeros((count, count), dtype=torch.bool)
    for row, line in enumerate(tree.lines):
        sees[row, [node - 1 for node in line]] = True
    own = sees.to(asked.device).expand(len(asked), -1, -1)
    allowed = torch.cat([asked.bool()[:, None].expand(-1, count, -1), own], dim=-1)
    dtype = cache.layers[0].keys.dtype
    mask = torch.zeros(allowed.shape, dtype=dtype, device=asked.device)
    return mask.masked_fill(~allowed, torch.finfo(dtype).min)[:, None]
