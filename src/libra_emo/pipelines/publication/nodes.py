"""Nodes of the publication."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from libra_emo.annotation.exchange.pseudonyms import make_pseudonyms
from libra_emo.annotation.identity.names import name_key
from libra_emo.annotation.store import VoteStore
from libra_emo.common.secrecy.hiding import list_environment_secrets
from libra_emo.common.takedowns.log import read_log
from libra_emo.llm.request.keys import Keys
from libra_emo.media.films import place_clip
from libra_emo.media.shards import ShardReader
from libra_emo.media.sources import Logins
from libra_emo.pipelines.active_learning.certifying import RoundCertificate
from libra_emo.publication.building import ReleaseParts, build_release
from libra_emo.publication.checking.traces import Traces
from libra_emo.publication.notice import check_version, write_notice
from libra_emo.publication.options import PublicationOptions
from libra_emo.publication.release.agents import find_people, tabulate_votes
from libra_emo.publication.release.films import list_films
from libra_emo.publication.release.tables import RunTables, tabulate
from libra_emo.taxonomy import Taxonomy

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RunFiles:
    """The files of clips as preprocessing wrote them.

    Attributes:
        clips: Folder of the MP4 files, in one folder a film.
        shards: Reader of the shards, which hold the sound.
    """

    clips: Path
    shards: ShardReader

    def video(self, clip_id: str) -> bytes:
        """Return the MP4 file of a clip."""
        return place_clip(self.clips, clip_id).read_bytes()

    def audio(self, clip_id: str) -> bytes:
        """Return the FLAC file of a clip."""
        return self.shards.raw(clip_id)["flac"]


def list_release_films(
    sources: pd.DataFrame, split: pd.DataFrame, licence_readings: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return release_films and held_films."""
    return list_films(sources, split, licence_readings)


def tabulate_release_votes(
    human_votes: pd.DataFrame, machine_votes: pd.DataFrame, annotation_store: VoteStore
) -> pd.DataFrame:
    """Return release_votes; the key of the pseudonyms stays in the store."""
    people = {name: name_key(name) for name in find_people(human_votes)}
    known = make_pseudonyms(annotation_store, people.values()) if people else {}
    pseudonyms = {name: known[key] for name, key in people.items()}
    return tabulate_votes(human_votes, machine_votes, pseudonyms)


def tabulate_release(
    films: pd.DataFrame, release_votes: pd.DataFrame, **run: Any
) -> dict[str, pd.DataFrame]:
    """Return release_tables.

    Args:
        films: release_films.
        release_votes: release_votes.
        **run: Fields of `RunTables`.
    """
    return tabulate(RunTables(**run), release_votes, films)


def write_release(
    release_tables: Mapping[str, pd.DataFrame],
    held_films: pd.DataFrame,
    certificate: RoundCertificate,
    human_votes: pd.DataFrame,
    taxonomy: Taxonomy,
    publication: PublicationOptions,
    clip_shards: ShardReader,
    clips_folder: Path,
    llm_keys: Keys,
    film_logins: Logins,
    releases_folder: Path,
    takedowns_folder: Path | None = None,
) -> dict[str, Any]:
    """Write the release into the folder of its version, and return its list of contents.

    Raises:
        ReleaseError: If a takedown left the version behind, or as `build_release` says.
    """
    log = read_log(takedowns_folder)
    check_version(publication.version, log)
    facts, notice = certificate.model_dump(mode="json"), write_notice(log.entries)
    parts = ReleaseParts(release_tables, held_films, facts, taxonomy, notice)
    secrets = [*llm_keys.secrets(), *film_logins.secrets(), *list_environment_secrets()]
    traces = Traces(
        names=find_people(human_votes),
        secrets=secrets,
        places=[str(Path.home()), str(releases_folder.parents[1].absolute())],
    )
    folder = releases_folder / publication.version
    files = RunFiles(clips_folder, clip_shards)
    contents = build_release(parts, files, publication, traces, folder)
    clips = contents["tables"]["clips"]
    logger.info("release %s: %s clips in %s", publication.version, clips, folder)
    return contents
