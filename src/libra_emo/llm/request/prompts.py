"""Prompts: template files that are rendered for a clip and versioned by their content."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from libra_emo.common.digests import digest_text
from libra_emo.common.seeding import generator
from libra_emo.common.special_tokens import neutralise_tags
from libra_emo.errors import LibraEmoError
from libra_emo.taxonomy import Taxonomy

LabelSet = Literal["fine", "coarse"]
LabelOrder = Literal["fixed", "shuffled"]
SYSTEM, USER = BLOCKS = ("system", "user")


class PromptError(LibraEmoError):
    """A prompt's file is wrong, or uses a variable that is not given."""


class RenderedPrompt(NamedTuple):
    """A prompt rendered for one clip; `system` is empty where the prompt has no such block."""

    system: str
    user: str


class Prompt:
    """A prompt: a Jinja template with the block `user` and, if wanted, the block `system`.

    Args:
        text: Content of the file.
        name: Name of the file, for messages.
        values: Values of variables that are the same for every clip.

    Attributes:
        text: Content of the file.
        values: Values of variables that are the same for every clip.
        version: First twelve hexadecimal digits of its digest.

    Raises:
        PromptError: If it is no template, lacks the block `user`, or has an unknown block.
    """

    def __init__(self, text: str, name: str, values: Mapping[str, Any] | None = None) -> None:
        self.text = text
        self.values = dict(values or {})
        self.name = name
        self.version = digest_text(text)[:12]
        environment = SandboxedEnvironment(  # texts for models are never shown as HTML
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
            known = " and ".join(BLOCKS)
            raise PromptError(
                f"prompt {name}: block {unknown[0]!r} is not read; use the blocks {known}"
            )

    def with_values(self, **values: Any) -> Prompt:
        """Return the prompt with values of variables that are the same for every clip."""
        return Prompt(self.text, self.name, {**self.values, **values})

    def render(self, **variables: Any) -> RenderedPrompt:
        """Return the texts for one clip, without the empty lines that absent parts leave.

        Texts come from films, so what has the shape of a model's special token is rewritten.

        Args:
            variables: Values of the template's variables.

        Raises:
            PromptError: If the template uses a variable that is not given.
        """
        try:
            context = self._template.new_context(
                {
                    name: neutralise_tags(value) if isinstance(value, str) else value
                    for name, value in {**self.values, **variables}.items()
                }
            )
            blocks = self._template.blocks
            texts = ["".join(blocks[name](context)) if name in blocks else "" for name in BLOCKS]
        except (TemplateError, TypeError, ValueError) as error:
            raise PromptError(f"prompt {self.name}: {error}") from error
        return RenderedPrompt(*(re.sub(r"\n{3,}", "\n\n", text).strip() for text in texts))


def read_prompt(path: Path, key: str) -> Prompt:
    """Return the prompt in a file.

    Args:
        path: The file.
        key: Parameter that names the file, for messages.

    Raises:
        PromptError: If the file cannot be read or is no prompt.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(f"{key}: {path}: {getattr(error, 'strerror', error)}") from error
    return Prompt(text, f"{path} ({key})")


def permitted_labels(taxonomy: Taxonomy, label_set: LabelSet) -> tuple[str, ...]:
    """Return the labels that a model may answer: all, or the coarse ones."""
    return taxonomy.labels if label_set == "fine" else taxonomy.coarse_labels


def order_labels(
    labels: Sequence[str], order: LabelOrder, seed: int, clip_id: str
) -> tuple[str, ...]:
    """Return the labels in the order in which a clip's prompt lists them.

    A shuffled order depends on seed and clip alone. Models prefer the first label of a list; over
    a whole dataset a shuffled order favours none.
    """
    if order == "fixed":
        return tuple(labels)
    positions = generator(seed, "label order", clip_id).permutation(len(labels))
    return tuple(labels[position] for position in positions)


def describe_emotions(taxonomy: Taxonomy, labels: Iterable[str]) -> list[dict[str, str]]:
    """Return label and definition of each label, for prompts that show definitions."""
    return [
        {"label": label, "definition": taxonomy[label].definition}
        for label in labels
        if label in taxonomy
    ]
