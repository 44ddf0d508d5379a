"""The tables about the dataset as Markdown and LaTeX."""

from __future__ import annotations

import pandas as pd

from libra_emo.evaluation.scoring.tables import to_latex, to_markdown

TITLES = {
    "datasets": "Datasets of emotions in videos (Table 1)",
    "types": "Clips of each type of emotion (Table 5)",
    "films": "Films of each theme and language (Table 9)",
    "steps": "How the training set was made (Table 10)",
    "labels": "Clips of each label (Table 13)",
}


def write_markdown(tables: dict[str, pd.DataFrame]) -> str:
    """Return the tables as Markdown; keys are those of `TITLES`."""
    parts = [f"## {TITLES[name]}\n\n{to_markdown(tables[name])}" for name in TITLES]
    return "# The dataset\n\n" + "\n".join(parts)


def write_latex(tables: dict[str, pd.DataFrame]) -> str:
    """Return the tables as LaTeX with booktabs' rules; keys are those of `TITLES`."""
    return "\n".join(f"% {TITLES[name]}\n{to_latex(tables[name])}" for name in TITLES)
