"""Who voted: people under pseudonyms, simulated annotators and models by their names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd

PERSON: Final = "person"
SIMULATED: Final = "simulated"
MODEL: Final = "model"
VOTE_COLUMNS: Final = ("clip_id", "campaign", "agent", "kind", "label", "status", "seconds")


def find_people(human_votes: pd.DataFrame) -> list[str]:
    """Return the names of the people among the annotators, sorted.

    A vote of a simulated annotator has neither the time of its sender nor that of the store.
    """
    return sorted(set(human_votes.loc[_is_real(human_votes), "annotator"]))


def tabulate_votes(
    human_votes: pd.DataFrame, machine_votes: pd.DataFrame, pseudonyms: Mapping[str, str]
) -> pd.DataFrame:
    """Return every vote with its agent, sorted; no name of a person is in it, and no time of day.

    Args:
        human_votes: HumanVotes of all campaigns.
        machine_votes: MachineVotes.
        pseudonyms: Pseudonym of each person.

    Returns:
        A table with `VOTE_COLUMNS`. `label` is null where a model gave none, and `seconds`, how
        long the answer took, where it is not known.
    """
    real = _is_real(human_votes)
    agents = human_votes["annotator"].where(~real, human_votes["annotator"].map(pseudonyms))
    people = pd.DataFrame(
        {
            "clip_id": human_votes["clip_id"],
            "campaign": human_votes["campaign"],
            "agent": agents,
            "kind": real.map({True: PERSON, False: SIMULATED}),
            "label": human_votes["label"],
            "status": "ok",
            "seconds": human_votes["seconds"].astype(float),
        }
    )
    machines = pd.DataFrame(
        {
            "clip_id": machine_votes["clip_id"],
            "campaign": "voting",
            "agent": machine_votes["voter"],
            "kind": MODEL,
            "label": machine_votes["label"],
            "status": machine_votes["status"],
            "seconds": None,
        }
    )
    votes = pd.concat([people, machines.astype({"seconds": float})], ignore_index=True)
    order = ["clip_id", "campaign", "kind", "agent", "label"]
    return votes[list(VOTE_COLUMNS)].sort_values(order, ignore_index=True)


def _is_real(votes: pd.DataFrame) -> pd.Series:
    real = votes["voted_at"].notna()
    return real | votes["received_at"].notna() if "received_at" in votes else real
