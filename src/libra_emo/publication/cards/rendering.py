"""The cards as text: a pure function of the files of a release, so that a check can repeat it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from libra_emo.common.digests import digest_text
from libra_emo.publication.cards.facts import count_release
from libra_emo.publication.cards.model_facts import score_models
from libra_emo.publication.cards.reading import Release
from libra_emo.publication.errors import ReleaseError

CARDS: Final = {
    "README.md": "dataset_card.md.j2",
    "MODEL_CARD.md": "model_card.md.j2",
    "DATA_STATEMENT.md": "data_statement.md.j2",
}
# what the size of a dataset is called on the hub: the bound, and the name of what lies below it
_SIZES: Final = (
    *((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K")),
    *((1_000_000, "100K<n<1M"), (math.inf, "1M<n<10M")),
)
# tables that `datasets` offers beside the clips
CONFIGURATIONS: Final = (
    *("films", "labels", "votes", "soft_labels", "label_changes", "dropped", "explanations"),
    *("predictions", "attribution"),
)


def render_cards(release: Release) -> dict[str, str]:
    """Return the text of each card by its file's name.

    Raises:
        ReleaseError: If a file lacks what a card says of it.
    """
    facts = {**count_release(release), **score_models(release), "tables": offered_tables(release)}
    environment = _open_templates()
    return {name: _render(environment, template, facts) for name, template in CARDS.items()}


def _render(environment: Any, template: str, facts: dict[str, Any]) -> str:
    from jinja2 import TemplateError

    try:
        text: str = environment.get_template(template).render(facts)
    except TemplateError as error:
        raise ReleaseError(f"a file lacks what a card says of it: {error}") from error
    return text


def offered_tables(release: Release) -> list[str]:
    """Return the tables that have rows; `datasets` cannot load a file without any."""
    return [name for name in CONFIGURATIONS if release.contents["tables"][name]]


def digest_templates() -> str:
    """Return a digest of the templates: cards of other templates cannot be compared."""
    folder = Path(__file__).parent
    return digest_text("\0".join((folder / name).read_text("utf-8") for name in CARDS.values()))


def _open_templates() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=False,  # noqa: S701 - Markdown; no text of films or people is in the cards
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "percent": _percent,
        "figure": _figure,
        "number": "{:,}".format,
        "size": _name_size,
    }
    environment.globals["interval"] = _interval
    return environment


def _figure(value: float | None, digits: int = 2) -> str:
    known = value is not None and not math.isnan(value)
    return f"{value:.{digits}f}" if known else "not defined"


def _percent(value: float | None, digits: int = 1) -> str:
    return _figure(None if value is None else 100 * value, digits)


def _interval(row: Mapping[str, Any], name: str) -> str:
    """Return a score in percent with its interval."""
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    ends = f" ({_percent(low)}-{_percent(high)})" if not math.isnan(low) else ""
    return f"{_percent(row[name])}{ends}"


def _name_size(clips: int) -> str:
    return next(name for bound, name in _SIZES if clips < bound)
