"""A takedown from the question to the swap."""

from __future__ import annotations

import datetime
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from libra_emo.common.files import write_text
from libra_emo.common.takedowns.journal import (
    STAGING,
    clear_staging,
    finish_takedown,
    write_journal,
)
from libra_emo.common.takedowns.log import (
    FOLDER,
    KINDS,
    LOG,
    TakedownLog,
    read_log,
    salt_value,
)
from libra_emo.publication.cards.reading import Release
from libra_emo.publication.notice import write_notice
from libra_emo.publication.takedown.errors import TakedownError
from libra_emo.publication.takedown.film_target import Target
from libra_emo.publication.takedown.finding import find_target
from libra_emo.publication.takedown.known_films import list_known
from libra_emo.publication.takedown.next_release import find_last, next_version, write_next
from libra_emo.publication.takedown.people.finding import find_person, list_consequences
from libra_emo.publication.takedown.people.known_people import list_people
from libra_emo.publication.takedown.people.target import PersonTarget
from libra_emo.publication.takedown.plan import Plan, make_plan
from libra_emo.publication.takedown.reach import find_cached
from libra_emo.publication.takedown.remote_reading import list_remote_films
from libra_emo.publication.takedown.reply import count_votes, write_reply
from libra_emo.publication.takedown.staging import STORE, Staging

ANNOTATOR: Final = "annotator"
SALT: Final = "salt"
RELEASES: Final = "data/09_release"


@dataclass(frozen=True)
class Request:
    """What somebody asks to be taken down.

    Attributes:
        kind: `film`, `author`, `url`, `sha256` or `annotator`.
        value: The id, name, address, checksum or pseudonym.
        reason: One of `REASONS`.
        day: The day of the takedown.
    """

    kind: str
    value: str
    reason: str
    day: datetime.date


@dataclass(frozen=True)
class Outcome:
    """What a takedown changes, or has changed.

    Attributes:
        plan: Files and rows.
        target: The films, or the person.
        entry: The line of the log.
        reply: Text for the person who asked.
    """

    plan: Plan
    target: Target | PersonTarget
    entry: Mapping[str, Any]
    reply: str


def try_takedown(project: Path, request: Request) -> Outcome:
    """Return what a takedown would change; the project's files are only read.

    Raises:
        TakedownError: If nothing is known of what was asked for, or it cannot be removed.
    """
    target, plan = _find(project, request)
    with TemporaryDirectory() as name:
        staging = Staging(project, Path(name), is_trial=True)
        staging.stage(plan, target)
        staging.add_stores(plan, target)
    last = find_last(project, plan.releases)
    rows = _count_released(last, target) if last else {}
    return _conclude(project, request, target, plan, rows, "00")


def carry_out(
    project: Path, request: Request, at: Callable[[str], None] = lambda _step: None
) -> Outcome:
    """Take films or a person down, and return what was changed. The caller holds the project.

    Until the journal is written nothing has changed; what comes after it is ended by the next
    command if this one is killed.

    Args:
        project: Folder of the project.
        request: What is asked for.
        at: Called at each step with its name; for tests.

    Raises:
        TakedownError: If nothing is known of what was asked for, or it cannot be removed. Nothing
            has changed then.
    """
    finish_takedown(project)
    clear_staging(project)
    target, plan = _find(project, request)
    folder = project / STAGING
    folder.mkdir(parents=True)
    try:
        outcome, staging = _stage(project, request, target, plan)
        at("staged")
        _check_staged(staging, target)
    except BaseException:
        clear_staging(project)
        raise
    write_journal(project, staging.steps)
    finish_takedown(project, lambda number: at(f"step {number}"))
    return outcome


def _find(project: Path, request: Request) -> tuple[Target | PersonTarget, Plan]:
    target = _find_target(project, request)
    plan = make_plan(project, target)
    changed = [*plan.removed, *plan.filtered, *plan.releases, *plan.models]
    cached = find_cached(project, changed, target.needles)
    plan.removed = sorted({*plan.removed, *cached})
    return target, plan


def _find_target(project: Path, request: Request) -> Target | PersonTarget:
    if request.kind == ANNOTATOR:
        people = list_people(project)
        person = find_person(request.value, people)
        return PersonTarget(person, project, tuple(list_consequences(person, people)))
    known = [*list_known(project / "data"), *list_remote_films(project)]
    return find_target(request.kind, request.value, known, project)


def _stage(
    project: Path, request: Request, target: Target | PersonTarget, plan: Plan
) -> tuple[Outcome, Staging]:
    staging = Staging(project, project / STAGING)
    staging.stage(plan, target)
    staging.add_stores(plan, target)
    last = find_last(project, plan.releases)
    rows = _count_released(last, target) if last else {}
    outcome = _conclude(project, request, target, plan, rows, _read_salt(project))
    log = read_log(project / FOLDER)
    entries = [*log.entries, outcome.entry]
    version = outcome.entry["version"]
    if last is not None and version is not None:
        notice = write_notice(entries)
        staging.add(
            f"{RELEASES}/{version}",
            lambda out: write_next(last, out, target, version, request.day, notice),
        )
    lines = "".join(json.dumps(entry, sort_keys=True) + "\n" for entry in entries)
    staging.add((FOLDER / LOG).as_posix(), lambda out: write_text(out, lines))
    reply = (FOLDER / f"reply-{outcome.entry['number']}.md").as_posix()
    staging.add(reply, lambda out: write_text(out, outcome.reply))
    return outcome, staging


def _conclude(
    project: Path,
    request: Request,
    target: Target | PersonTarget,
    plan: Plan,
    released: Mapping[str, int],
    salt: str,
) -> Outcome:
    log = read_log(project / FOLDER)
    last = find_last(project, plan.releases)
    clips = max(plan.rows["data/03_primary/candidates.parquet"], released.get("clips", 0))
    entry = {
        "number": len(log.entries) + 1,
        "date": request.day.isoformat(),
        "reason": request.reason,
        "films": target.films if isinstance(target, Target) else 0,
        "clips": clips,
        "version": _choose_version(project, log, last, target),
        "salt": salt,
        "digests": _digest(target, salt),
    }
    if isinstance(target, PersonTarget):
        entry |= {"people": 1, "clips": 0, "votes": count_votes(plan)}
    return Outcome(plan, target, entry, write_reply(entry, plan))


def _choose_version(
    project: Path, log: TakedownLog, last: Path | None, target: Target | PersonTarget
) -> str | None:
    """Return the version of the next release; None if there is no release with a clip left."""
    if last is None:
        return None
    if isinstance(target, PersonTarget):
        return next_version(project, log.version)
    films = Release(last).contents["films"]
    left = [
        film
        for film in films
        if film["rows"]["clips"] and not target.needles.in_text(film["film_id"])
    ]
    return next_version(project, log.version) if left else None


def _digest(target: Target | PersonTarget, salt: str) -> dict[str, list[str]]:
    values: dict[str, tuple[str, ...]] = dict.fromkeys(KINDS, ()) | target.digest_values()
    return {
        kind: sorted({salt_value(salt, kind, value) for value in found})
        for kind, found in values.items()
    }


def _count_released(last: Path, target: Target | PersonTarget) -> dict[str, int]:
    counts: dict[str, int] = {}
    if isinstance(target, PersonTarget):
        return counts
    for film in Release(last).contents["films"]:
        if target.needles.in_text(film["film_id"]):
            for name, rows in film["rows"].items():
                counts[name] = counts.get(name, 0) + int(rows)
    return counts


def _read_salt(project: Path) -> str:
    """Return the project's salt; it is made once, so that a second run gives the same bytes."""
    path = project / FOLDER / SALT
    if not path.is_file():
        write_text(path, secrets.token_hex(16) + "\n")
    return path.read_text(encoding="utf-8").strip()


def _check_staged(staging: Staging, target: Target | PersonTarget) -> None:
    """Search all staged files once more, names included.

    Raises:
        TakedownError: Naming the first file that names a film or the person.
    """
    for path in sorted(staging.folder.rglob("*")):
        if path.name.startswith(STORE):  # says which rows go
            continue
        place = _place_of(staging, path)
        names = target.needles.in_text(path.name)
        if names or (path.is_file() and target.names_file(path, staging.project / place)):
            raise TakedownError(
                f"{place}: would still name {target.noun}; report this as a fault. Nothing was "
                "changed"
            )


def _place_of(staging: Staging, path: Path) -> str:
    staged, *rest = path.relative_to(staging.folder).parts
    place = next((step.place for step in staging.steps if step.staged == staged), staged)
    return "/".join([place, *rest])
