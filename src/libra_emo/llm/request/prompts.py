"""Prompts: files of our own words, filled for a clip, versioned by their content."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from libra_emo.errors import LibraEmoError
from libra_emo.taxonomy import Taxonomy

LabelSet = Literal["fine", "coarse"]
LabelOrder = Literal["fixed", "shuffled"]
SYSTEM, USER = BLOCKS = ("system", "user")


class PromptError(LibraEmoError):
    """A prompt's file is wrong, or asks for what is not known of a clip."""


class RenderedPrompt(NamedTuple):
    """A prompt filled for one clip; `system` is empty where the prompt has none."""

    system: str
    user: str


class Prompt:
    """A prompt as a Jinja template with the block `user`, and perhaps `system`.

    Args:
        text: The file's content.
        name: The file's name, for errors.

    Attributes:
        text: The file's content.
        version: Twelve hex digits of its hash.

    Raises:
        PromptError: If it is no template, lacks the block, or has another one.
    """

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self.version = hashlib.sha256(text.encode()).hexdigest()[:12]
        environment = SandboxedEnvironment(  # texts for models, never shown as HTML
            undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
        )
        try:
            self._template = environment.from_string(text)
        except TemplateError as error:
            raise PromptError(f"prompt {name}: {error}") from error
        blocks = set(self._template.blocks)
        if USER not in blocks:
            raise PromptError(f"prompt {name}: it has no block {USER!r}")
        if unknown := sorted(blocks.difference(BLOCKS)):
            told = " and ".join(BLOCKS)
            raise PromptError(f"prompt {name}: block {unknown[0]!r} is not read; there are {told}")

    def render(self, **known: Any) -> RenderedPrompt:
        """Return the texts for one clip; empty lines that absent parts leave are closed up.

        Raises:
            PromptError: If the template asks for what is not known.
        """
        try:
            context = self._template.new_context(known)
            blocks = self._template.blocks
            texts = ["".join(blocks[b](context)) if b in blocks else "" for b in BLOCKS]
        except (TemplateError, TypeError, ValueError) as error:
            raise PromptError(f"prompt {self.name}: {error}") from error
        return RenderedPrompt(*(re.sub(r"\n{3,}", "\n\n", text).strip() for text in texts))


def read_prompt(path: Path, key: str) -> Prompt:
    """Return the prompt in a file.

    Args:
        path: The file.
        key: The parameter that names it, for errors.

    Raises:
        PromptError: If it cannot be read or is none.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(f"{key}: {path}: {getattr(error, 'strerror', error)}") from error
    return Prompt(text, f"{path} ({key})")


def permitted_labels(taxonomy: Taxonomy, label_set: LabelSet) -> tuple[str, ...]:
    """Return the labels that may be answered: all, or the coarse ones."""
    return taxonomy.labels if label_set == "fine" else taxonomy.coarse_labels


def order_labels(
    labels: Sequence[str], order: LabelOrder, seed: int, clip_id: str
) -> tuple[str, ...]:
    """Return the labels in the order in which a clip's prompt shows them.

    Shuffled, the order follows from seed and clip alone, so that a model's liking for the first
    label cannot favour one over the whole dataset.
    """
    if order == "fixed":
        return tuple(labels)
    digest = hashlib.sha256(f"label order\0{seed}\0{clip_id}".encode()).digest()
    places = np.random.default_rng(int.from_bytes(digest[:8], "big")).permutation(len(labels))
    return tuple(labels[place] for place in places)


def describe_emotions(taxonomy: Taxonomy, labels: Iterable[str]) -> list[dict[str, str]]:
    """Return label and definition of each label, for prompts that show definitions."""
    return [
        {"label": label, "definition": taxonomy[label].definition}
        for label in labels
        if label in taxonomy
    ]
