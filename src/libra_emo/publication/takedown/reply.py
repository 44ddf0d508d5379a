"""What a takedown says: to the person who asked for it, and to the person who carries it out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, Final

from libra_emo.publication.takedown.plan import MODELS, Plan

LABELS: Final = "data/05_model_input/labels/"
SHOWN: Final = 200
_SO_FAR: Final = "data/04_feature/votes_so_far/"


def write_reply(entry: Mapping[str, Any], plan: Plan) -> str:
    """Return the text of the reply to who asked; it names neither film nor person.

    Args:
        entry: Line of the log.
        plan: What was changed.
    """
    if entry.get("people"):
        return _write_to_person(entry)
    films = "the film" if entry["films"] == 1 else f"the {entry['films']} films"
    released = (
        f"Version {entry['version']} of the dataset is the first without it, and says in its "
        "`takedowns.md` that something was removed, without names. "
        if entry["version"]
        else "The next release will be the first without it. "
        if plan.releases
        else "It was in no release that we keep. "
    )
    return (
        "# Reply\n\n"
        f"On {entry['date']} we removed {films} that you named from our dataset: "
        f"{_count(entry['clips'], 'clip')}, with pictures, sound, words, labels, votes and answers "
        f"of models about them. {released}"
        "The file and its address are on a list of salted digests, by which they cannot come back; "
        "the list holds neither the name nor the address.\n\n"
        f"{_describe_models(plan)}"
        "Copies that others downloaded before are out of our reach. Everybody who uses the dataset "
        "is asked to change to the new version.\n"
    )


def describe_plan(plan: Plan, rows: Mapping[str, int], trained: list[str]) -> Iterator[str]:
    """Give the lines of the list of what goes.

    Args:
        plan: The plan, whose rows were counted.
        rows: Its rows, by file and table.
        trained: Students that were trained on the films.
    """
    yield from _list("files and folders removed", plan.removed)
    kept = [f"{name}: {count} rows" for name, count in sorted(rows.items()) if count]
    yield from _list("rows removed", kept)
    yield from _list("releases removed", plan.releases)
    yield from _list("students removed, which name it", plan.models)
    others = [name for name in trained if name not in plan.models]
    yield from _list("students trained on it, train them again or remove them", others)


def list_trained(plan: Plan, existing: list[str]) -> list[str]:
    """Return students that were trained on labels from which rows go.

    Args:
        plan: The plan, whose rows were counted.
        existing: Folders of students, relative to the project's folder.
    """
    rounds = {
        PurePosixPath(name).stem
        for name, rows in plan.rows.items()
        if name.startswith((LABELS, _SO_FAR)) and rows
    }
    rounds |= {"final"} if rounds else set()
    by_labels = [f"data/{MODELS}/{name}" for name in sorted(rounds)]
    return sorted({*plan.models, *(name for name in by_labels if name in existing)})


def count_votes(plan: Plan) -> int:
    """Return how many votes of a person go: those of the stores, or else those of the tables."""
    stored = sum(rows for name, rows in plan.rows.items() if name.endswith(", votes"))
    return stored or plan.rows["data/04_feature/human_votes.parquet"]


def _write_to_person(entry: Mapping[str, Any]) -> str:
    released = (
        f"Version {entry['version']} of the dataset is the first without your votes, and says in "
        "its `takedowns.md` that somebody withdrew, without names. "
        if entry["version"]
        else "Your votes were in no release that we keep. "
    )
    return (
        "# Reply\n\n"
        f"On {entry['date']} we removed you from our project: your name, your links, "
        f"{_count(entry['votes'], 'vote')} with notes and times, and your messages. {released}"
        "Labels that rested on your votes are settled again from the votes of others, and models "
        "that had learned from these labels are trained again. "
        "Your name and your pseudonym are on a list of salted digests, by which your votes cannot "
        "be imported again; the list holds neither of them.\n\n"
        "Copies that others downloaded before are out of our reach; there you had a pseudonym. "
        "Everybody who uses the dataset is asked to change to the new version.\n"
    )


def _list(title: str, items: list[str]) -> Iterator[str]:
    if not items:
        return
    yield f"{title} ({len(items)}):"
    yield from (f"  {item}" for item in items[:SHOWN])
    if len(items) > SHOWN:
        yield f"  and {len(items) - SHOWN} more"


def _describe_models(plan: Plan) -> str:
    if not plan.models:
        return ""
    return (
        f"{_count(len(plan.models), 'model')} that had learned from it {_were(len(plan.models))} "
        "removed as well, and will be trained again without it.\n\n"
    )


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _count(count: int, name: str) -> str:
    return f"{count} {name}" if count == 1 else f"{count} {name}s"
