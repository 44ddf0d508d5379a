"""What a takedown cannot remove from here: copies elsewhere, with the commands for them."""

from __future__ import annotations

import configparser
import hashlib
import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from libra_emo.publication.takedown.needles import Needles
from libra_emo.publication.takedown.people.person import Person
from libra_emo.publication.takedown.stores import find_stores_elsewhere

CACHE: Final = ".dvc/cache"
SECONDS: Final = 60
_HUB: Final = (
    "python -c \"from huggingface_hub import HfApi; HfApi().super_squash_history('OWNER/NAME', "
    "repo_type='dataset')\""
)


def find_cached(project: Path, names: list[str], needles: Needles | Person) -> list[str]:
    """Return objects of DVC's local cache that are files of the film, in any version.

    Args:
        project: Folder of the project.
        names: Files and folders that are removed or filtered.
        needles: What names the film.
    """
    cache = project / CACHE
    if not cache.is_dir():
        return []
    digests = {_digest(path) for name in names for path in _list_files(project / name)}
    for listing in cache.rglob("*.dir"):
        digests |= set(_read_listing(listing, needles))
    places = {digest: f"{digest[:2]}/{digest[2:]}" for digest in digests}
    found = [
        path
        for place in places.values()
        for base in (cache / "files/md5", cache)
        if (path := base / place).is_file()
    ]
    return sorted(path.relative_to(project).as_posix() for path in found)


def _list_files(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    elif place.is_dir():
        yield from (path for path in place.rglob("*") if path.is_file())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        # DVC names its objects so; it protects nothing
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _read_listing(path: Path, needles: Needles | Person) -> Iterator[str]:
    """Give the digests of a folder's files whose names name the film."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        yield from (entry["md5"] for entry in entries if needles.in_text(entry["relpath"]))
    except (OSError, ValueError, LookupError, TypeError):
        return


def list_copies(project: Path, needles: Needles | Person) -> list[str]:
    """Return a line for each kind of copy that may be elsewhere, with the command for it."""
    return [
        *_git(project, needles),
        *_remotes(project),
        *_databases(project),
        *_servers(),
        *_hub(project),
    ]


def _git(project: Path, needles: Needles | Person) -> Iterator[str]:
    if not (project / ".git").exists():
        return
    texts = [*needles.ids, *needles.digests]
    if not texts:
        return
    words = isinstance(needles, Person)  # a name may be a part of another word
    any_of = "|".join(re.escape(text) for text in texts)
    any_of = f"(^|[^[:alnum:]])({any_of})($|[^[:alnum:]])" if words else any_of
    commits = _run(project, "log", "--all", "--format=%h", "--pickaxe-regex", f"-S{any_of}")
    if commits:
        yield (
            f"git history: {len(commits)} commits name it: write `{texts[0]}==>` and so on, a line "
            "for each id and checksum, into a file outside the project, run "
            "`git filter-repo --replace-text FILE`, then `git push --force --all`"
        )
    held = _run(
        project, "grep", "-l", "-w" if words else "-i", "-F", *(f"-e{text}" for text in texts)
    )
    edited = [name for name in held if not name.startswith("data/")]
    if edited:
        yield f"files of the project that name it, edit them: {', '.join(edited)}"


def _run(project: Path, *arguments: str) -> list[str]:
    command = ["git", "-C", str(project), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return done.stdout.splitlines()


def _remotes(project: Path) -> Iterator[str]:
    settings = configparser.ConfigParser(strict=False)
    for name in ("config", "config.local"):
        try:
            settings.read(project / ".dvc" / name, encoding="utf-8")
        except (configparser.Error, ValueError):
            continue
    if (project / ".dvc").is_dir():
        yield "DVC's cache, versions before this one: `dvc gc --workspace`"
    for section in settings.sections():
        kind, _, name = section.strip("'").partition(" ")
        if kind == "remote":
            plain = name.strip('"')
            yield f"DVC remote {plain}: `dvc gc --workspace --cloud --remote {plain}`"


def _databases(project: Path) -> Iterator[str]:
    for place in find_stores_elsewhere(project):
        yield f"backups and logs of the database ({place}): `VACUUM FULL`, then new backups"


def _servers() -> Iterator[str]:
    server = os.environ.get("MLFLOW_TRACKING_URI", "")
    if server.startswith("http"):
        yield "the MLflow server: `mlflow runs delete --run-id RUN`, then `mlflow gc`"


def _hub(project: Path) -> Iterator[str]:
    if any((project / "data/09_release").glob("*/release.json")):
        yield f"a hub to which a release was uploaded, with all its revisions: `{_HUB}`"
        yield "copies of others: send them `takedowns.md` of the new version"
