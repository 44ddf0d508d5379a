"""How probable each label is as the answer: one reading of the clip serves all labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from libra_emo.students.multimodal.examples import Example
from libra_emo.students.multimodal.families import Encoded, Family
from libra_emo.students.multimodal.scoring.label_tree import LabelTree, build_tree
from libra_emo.students.multimodal.scoring.prefill import group_alike, later_positions, prefill
from libra_emo.students.multimodal.scoring.repeated_cache import score_repeated

_WITH_ANY_MASK = ("sdpa", "eager")


def score_labels(
    model: Any,
    family: Family,
    processor: Any,
    examples: Sequence[Example],
    labels: Sequence[str],
) -> NDArray[np.float64]:
    """Return the log-likelihood of each label, with its terminator, as a clip's answer.

    The request is read once. Then the tokens of all labels are read behind its cache, side by
    side, each seeing the request and the tokens of its own label before it. The terminator (a new
    line, or the end of the turn) is part of each label, so that none gains from being the
    beginning of another.

    Args:
        model: The model in evaluation mode.
        family: Family of the model.
        processor: Processor of the model.
        examples: Clips with their requests; their answers are ignored.
        labels: Labels to score.

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
    """Return the result of `score_labels` for requests that are tensors already.

    Args:
        model: The model in evaluation mode.
        family: Family of the model.
        processor: Processor of the model.
        encoded: The requests.
        explained: Whether the answer of each request has a second line.
        labels: Labels to score.
    """
    import torch

    scores = np.zeros((len(encoded), len(labels)))
    with torch.inference_mode():
        for places in group_alike(encoded, family, explained):
            with_explanation = explained[places[0]]
            tokens = [family.label_ids(processor, label, with_explanation) for label in labels]
            group = [encoded[place] for place in places]
            scores[places] = _score(model, family, group, tokens).double().cpu().numpy()
    return scores


def _score(model: Any, family: Family, group: Sequence[Encoded], labels: list[list[int]]) -> Any:
    batch, output = prefill(model, family, group)
    if family.knows_positions and _takes_any_mask(model):
        return _score_tree(model, batch, output, build_tree(labels))
    return score_repeated(model, batch, output, labels)


def _takes_any_mask(model: Any) -> bool:
    """Return whether the model's attention takes a mask of which token sees which."""
    from transformers import PreTrainedModel

    inner = next((part for part in model.modules() if isinstance(part, PreTrainedModel)), model)
    return inner.config.get_text_config()._attn_implementation in _WITH_ANY_MASK


def _score_tree(model: Any, batch: dict[str, Any], output: Any, tree: LabelTree) -> Any:
    """Return the labels' log-likelihoods, of shape (clips, labels)."""
    import torch

    logits = output.logits[:, -1:].float()
    if tree.tokens:
        tokens = torch.tensor(tree.tokens, device=logits.device)
        depths = torch.tensor(tree.depths, device=logits.device)
        of_tree = model(
            input_ids=tokens.expand(len(logits), -1),
            attention_mask=_mask_tree(batch["attention_mask"], tree, output.past_key_values),
            position_ids=later_positions(batch["position_ids"], depths),
            past_key_values=output.past_key_values,
            use_cache=True,
        ).logits
        logits = torch.cat([logits, of_tree.float()], dim=1)
    steps = [(label, *step) for label, path in enumerate(tree.steps) for step in path]
    label, node, token = torch.tensor(steps, device=logits.device).T
    terms = logits[:, node, token] - logits.logsumexp(dim=-1)[:, node]
    return terms.new_zeros((len(terms), len(tree.steps))).index_add(1, label, terms)


def _mask_tree(request_mask: Any, tree: LabelTree, cache: Any) -> Any:
    """Return what each of the tree's tokens sees: the request, and its own path.

    Returns:
        A mask of shape (clips, 1, nodes, tokens of the request + nodes): 0 where a token sees,
        otherwise the lowest number of the cache's type.
    """
    import torch

    count = len(tree.tokens)
    sees = torch.zeros((count, count), dtype=torch.bool)
    for row, path in enumerate(tree.paths):
        sees[row, [node - 1 for node in path]] = True
    own = sees.to(request_mask.device).expand(len(request_mask), -1, -1)
    allowed = torch.cat([request_mask.bool()[:, None].expand(-1, count, -1), own], dim=-1)
    dtype = cache.layers[0].keys.dtype
    mask = torch.zeros(allowed.shape, dtype=dtype, device=request_mask.device)
    return mask.masked_fill(~allowed, torch.finfo(dtype).min)[:, None]
