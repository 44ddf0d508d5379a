"""`kedro why`: what the project's tables say about one clip, in the order it happened."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from libra_emo.cli.endings import one_line_errors
from libra_emo.cli.publishing.contains import RELEASES
from libra_emo.cli.session import environment_option, open_context
from libra_emo.errors import LibraEmoError

if TYPE_CHECKING:
    import pandas as pd

Line = tuple[str, str]
SIDES: Final = {
    "bench_sample": "bench",
    "validation_sample": "validation",
    "pool": "pool",
    "withheld": "withheld",
}


class UnknownClip(LibraEmoError):
    """There is no such clip."""


@click.command()
@click.argument("clip")
@click.option("--json", "as_json", is_flag=True, help="Write JSON instead of lines.")
@environment_option
@click.pass_obj
@one_line_errors
def why(metadata: Any, clip: str, as_json: bool, env: str | None) -> None:
    """Show the history of one CLIP: film, seconds, votes, labels of each round, explanation.

    People are shown by numbers, never by name.
    """
    name = clip.removesuffix(".mp4")
    with open_context(metadata.project_path, env) as context:
        lines = describe_clip(_Tables(context.catalog), name)
    lines += describe_releases(metadata.project_path / RELEASES, name)
    if as_json:
        click.echo(json.dumps([{"step": step, "text": text} for step, text in lines]))
        return
    width = max(len(step) for step, _ in lines)
    for step, text in lines:
        click.echo(f"{step:<{width}}  {text}")


class _Tables:
    """The tables of a project that are there; each gives the rows of one clip."""

    def __init__(self, catalog: Any) -> None:
        self._catalog = catalog

    def load(self, name: str) -> pd.DataFrame | None:
        """Return a table, or None if it was not made yet."""
        if name not in self._catalog or not self._catalog.exists(name):
            return None
        table: pd.DataFrame = self._catalog.load(name)
        return table

    def rows(self, name: str, clip: str, column: str = "clip_id") -> list[dict[str, Any]]:
        """Return the rows of a clip as dictionaries in which what is missing is None."""
        table = self.load(name)
        if table is None or table.empty:
            return []
        own = table[table[column] == clip].astype(object)
        rows: list[dict[Any, Any]] = own.where(own.notna(), None).to_dict("records")
        return rows


def describe_clip(tables: Any, clip: str) -> list[Line]:
    """Return what the tables say about a clip: the step, and what it says.

    Args:
        tables: Tables by name, as `load(name)` and `rows(name, clip)` give them.
        clip: Id of the clip.

    Raises:
        UnknownClip: If there are no candidates, or no such clip.
    """
    candidates = tables.load("candidates")
    if candidates is None:
        raise UnknownClip("there are no clips yet: `kedro run --pipeline preprocessing` cuts them")
    known = tables.rows("candidates", clip)
    if not known:
        near = difflib.get_close_matches(clip, candidates["clip_id"].tolist(), 1, 0.8)
        hint = f"the nearest is {near[0]}" if near else "its id is the name of its file"
        raise UnknownClip(f"{clip}: no clip of the {len(candidates)} has this id; {hint}")
    lines = [*_origin(tables, known[0]), *_machine_votes(tables, clip)]
    lines += _people(tables, "bench", clip, {})
    for row in tables.rows("bench_labels", clip):
        lines.append(("bench", _label(row)))
    lines += _people(tables, "validation", clip, {})
    for row in tables.rows("validation_labels", clip):
        lines.append(("validation", _label(row)))
    lines += _rounds(tables, clip)
    for row in tables.rows("explanations", clip):
        lines.append(
            ("explanation", f"{row['status']} by {row['writer']}: {row['explanation'] or 'none'}")
        )
    for row in tables.rows("bench_predictions", clip):
        model = " ".join(str(row[name]) for name in ("model", "modalities") if row.get(name))
        lines.append(("prediction", f"{model}: {row.get('predicted') or 'unreadable'}"))
    return lines


def describe_releases(folder: Path, clip: str) -> list[Line]:
    """Return in which releases a clip is, and what of it, the oldest release first."""
    from libra_emo.publication.cards.reading import Release
    from libra_emo.publication.membership import list_releases

    lines = []
    for place in reversed(list_releases(folder)):
        clips = Release(place).table("clips")
        for row in clips[clips["clip_id"] == clip].to_dict("records"):
            kind = "with video and sound" if row["copies"] else "as time codes alone"
            lines.append(("release", f"{place.name}: {row['label']}, {row['split']}, {kind}"))
    return lines


def _origin(tables: Any, candidate: dict[str, Any]) -> Iterator[Line]:
    clip = candidate["clip_id"]
    for film in tables.rows("sources", candidate["source_id"], "source_id"):
        facts = [film["title"], film["author"], film["license"], film["url"]]
        yield "film", ", ".join([candidate["source_id"], *(str(fact) for fact in facts if fact)])
        yield "film file", f"{film['video_path']}, SHA-256 {film['sha256']}"
    yield "seconds", f"{candidate['start_s']:.3f} to {candidate['end_s']:.3f}"
    yield (
        "faces",
        f"in {candidate['frames_with_face']} of {candidate['frames_sampled']} frames looked at",
    )
    yield "words", candidate["subtitle"]
    for name, side in SIDES.items():
        if tables.rows(name, clip):
            yield "side", side


def _machine_votes(tables: Any, clip: str) -> Iterator[Line]:
    for row in tables.rows("machine_votes", clip):
        yield "machine vote", f"{row['voter']}: {row['label'] or 'no vote'} ({row['status']})"


def _people(tables: Any, campaign: str, clip: str, people: dict[str, int]) -> Iterator[Line]:
    """Yield the votes of people, who get the next number when they first vote."""
    for row in tables.rows(f"{campaign}.human_votes", clip):
        number = people.setdefault(row["annotator"], len(people) + 1)
        real = row["voted_at"] or row.get("received_at")  # a simulated vote has neither time
        simulated = "" if real else " (simulated)"
        yield f"{row['campaign']} vote", f"person {number}{simulated}: {row['label']}"


def _rounds(tables: Any, clip: str) -> Iterator[Line]:
    """Yield what each round asked and decided; a label that stays is not repeated."""
    before: str | None = None
    people: dict[str, int] = {}
    number = 0
    while (labels := tables.load(f"round_{number}.labels")) is not None:
        name = f"round_{number}"
        for row in tables.rows(f"{name}.predictions", clip):
            certainty = f", confidence {row['confidence']:.2f}" if row["confidence"] else ""
            yield name, f"the student predicts {row['predicted']}{certainty}"
        if tables.rows(f"{name}.queue", clip):
            yield name, "people are asked"
        yield from _people(tables, name, clip, people)
        for row in tables.rows(f"{name}.dropped", clip):
            yield name, f"dropped: {row['reason']}"
        own = labels[labels["clip_id"] == clip].to_dict("records")
        if own and (own[0]["label"] != before or own[0]["round"] == number):
            change = "" if before in (None, own[0]["label"]) else f", until then {before}"
            yield name, _label(own[0]) + change
        before = own[0]["label"] if own else None
        number += 1


def _label(row: dict[Any, Any]) -> str:
    return f"label {row['label']} by {row['origin']}, {row['support']} of {row['votes']} votes"
