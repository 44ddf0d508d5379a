"""The way from the files that somebody names to a report."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from libra_emo.common.digests import digest_file
from libra_emo.evaluation.answers.matching import AnswerReader, ModelAnswers
from libra_emo.evaluation.answers.reading import read_answers
from libra_emo.evaluation.scoring.published import published_rows
from libra_emo.evaluation.scoring.score import score_answers
from libra_emo.evaluation.scoring.score_report import ScoreReport, Versions
from libra_emo.evaluation.scoring.versions import DIGITS, parser_version
from libra_emo.evaluation.scoring.votes_table import read_votes
from libra_emo.evaluation.sets.bench import BENCH_LABELS
from libra_emo.evaluation.sets.evaluation_set import EvaluationSet
from libra_emo.evaluation.sets.reading import ADAPTERS, BENCH, FOLDER, read_set
from libra_emo.evaluation.statistics.comparisons import DRAWS
from libra_emo.taxonomy import EMOTIONS_FOLDER, read_taxonomy

BENCH_VOTES = Path("data/04_feature/human_votes/bench.parquet")


class ScoreRequest(NamedTuple):
    """What is to be scored.

    Attributes:
        answers: Files of answers.
        name: Name of the set, or a table.
        truth: The owners' folder or file, or a table with the truth.
        fold: Number of the fold.
        coarse: Whether labels count by their coarse parents.
        votes: Table of people's votes.
        seed: Seed of all draws.
        draws: Number of sign flips.
    """

    answers: Sequence[Path]
    name: str
    truth: Path | None = None
    fold: int | None = None
    coarse: bool = False
    votes: Path | None = None
    seed: int = 20250101
    draws: int = DRAWS


def run_request(request: ScoreRequest, project: Path) -> ScoreReport:
    """Return the report on the files of a request.

    Args:
        request: What is to be scored.
        project: The project's folder, where the bench and public sets lie that are not named.

    Raises:
        LibraEmoError: If a file cannot be read or does not fit the set.
    """
    taxonomy = read_taxonomy()
    truth = request.truth or _default_truth(request.name, project)
    clips = read_set(request.name, taxonomy, truth, request.fold, request.coarse)
    reader = AnswerReader(clips, taxonomy)
    answers = [reader.match(file) for path in request.answers for file in read_answers(path, clips)]
    votes = request.votes or _bench_votes(request, project)
    return score_answers(
        clips,
        answers,
        request.seed,
        request.draws,
        votes=read_votes(votes, clips, taxonomy) if votes is not None else None,
        published=published_rows(clips, request.fold),
        provenance=_provenance(clips, answers, votes),
        versions=_versions(clips, answers),
    )


def _plain_name(name: str) -> str:
    return name.casefold().replace("-", "_")


def _default_truth(name: str, project: Path) -> Path | None:
    plain = _plain_name(name)
    if plain == BENCH:
        return project / BENCH_LABELS
    return project / FOLDER / plain if plain in ADAPTERS else None


def _bench_votes(request: ScoreRequest, project: Path) -> Path | None:
    """Return the votes of the project's own bench, where it has them.

    A table of one's own may be called `bench.csv`; the project's votes are not for its clips.
    """
    path = project / BENCH_VOTES
    own_bench = _plain_name(request.name) == BENCH and request.truth is None
    return path if own_bench and path.is_file() else None


def _provenance(
    clips: EvaluationSet, answers: Sequence[ModelAnswers], votes: Path | None
) -> dict[str, str]:
    files = {f"truth: {clips.source.name}": clips.source}
    files |= {f"answers: {each.path.name}": each.path for each in answers}
    if votes is not None:
        files[f"votes: {votes.name}"] = votes
    return {
        **{name: f"sha256 {digest_file(path)[:DIGITS]}" for name, path in files.items()},
        "reader of replies": parser_version(),
        "classes": digest_file(EMOTIONS_FOLDER / "evaluation_sets.yml")[:DIGITS],
        "libra_emo": _version(),
    }


def _versions(clips: EvaluationSet, answers: Sequence[ModelAnswers]) -> list[Versions]:
    """Return what each model's scores rest on."""
    files = {path: digest_file(path)[:DIGITS] for path in {each.path for each in answers}}
    data, parser = digest_file(clips.source)[:DIGITS], parser_version()
    return [Versions(data, files[each.path], each.prompt, parser) for each in answers]


def _version() -> str:
    try:
        return version("libra_emo")
    except PackageNotFoundError:
        return "not installed"
