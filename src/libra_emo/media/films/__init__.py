"""Films: finding them, their table of sources, their processing into clips, and the checks.

This is the public face of the package; its modules are private to `libra_emo.media`.
"""

from libra_emo.media.clips.places import place_clip
from libra_emo.media.films.cache import (
    RECORD_ENDING,
    OutputFolders,
    find_cached_film,
    make_film_task,
    mark_unreadable,
    process_and_cache_film,
)
from libra_emo.media.films.clip_ledger import ledger_row
from libra_emo.media.films.consistency import (
    check_clips,
    check_features,
    check_files,
    check_ledger,
)
from libra_emo.media.films.fetched import FetchedFilm, fetch_or_explain
from libra_emo.media.films.finding import describe_unused, find_films
from libra_emo.media.films.fingerprint import fingerprint_listing
from libra_emo.media.films.measuring import (
    FEATURES_ENDING,
    MeasuringTask,
    find_cached_features,
    measure_film,
)
from libra_emo.media.films.process import FilmResult
from libra_emo.media.films.remembered import (
    SOURCE_ENDING,
    find_vanished,
    read_sources,
    read_texts,
    recall_source,
    remember_sources,
)
from libra_emo.media.films.retention import Retention, remove_superseded
from libra_emo.media.films.sources_table import (
    describe_fetched,
    describe_film,
    describe_unlisted,
    tabulate_sources,
)

__all__ = [
    "FEATURES_ENDING",
    "RECORD_ENDING",
    "SOURCE_ENDING",
    "FetchedFilm",
    "FilmResult",
    "MeasuringTask",
    "OutputFolders",
    "Retention",
    "check_clips",
    "check_features",
    "check_files",
    "check_ledger",
    "describe_fetched",
    "describe_film",
    "describe_unlisted",
    "describe_unused",
    "fetch_or_explain",
    "find_cached_features",
    "find_cached_film",
    "find_films",
    "find_vanished",
    "fingerprint_listing",
    "ledger_row",
    "make_film_task",
    "mark_unreadable",
    "measure_film",
    "place_clip",
    "process_and_cache_film",
    "read_sources",
    "read_texts",
    "recall_source",
    "remember_sources",
    "remove_superseded",
    "tabulate_sources",
]
