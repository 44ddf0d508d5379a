"""The origin of films: folders, manifests, addresses, sidecars, licences.

This is the public face of the package; its modules are private to `libra_emo.media`.
"""

from libra_emo.media.sources.addresses import (
    is_remote,
    list_files,
    mask_address,
    name_of,
    open_system,
    read_stamp,
    to_path,
)
from libra_emo.media.sources.endings import INFORMATION_ENDING, SUBTITLE_ENDINGS
from libra_emo.media.sources.failures import AddressError
from libra_emo.media.sources.fetching import LocalCopies
from libra_emo.media.sources.licences import explain_refusal
from libra_emo.media.sources.logins import LoginError, Logins
from libra_emo.media.sources.manifests import MANIFEST_ENDINGS, Film, FilmsError, read_manifest
from libra_emo.media.sources.sidecars import list_beside, list_places_beside, tidy_fact

__all__ = [
    "INFORMATION_ENDING",
    "MANIFEST_ENDINGS",
    "SUBTITLE_ENDINGS",
    "AddressError",
    "Film",
    "FilmsError",
    "LocalCopies",
    "LoginError",
    "Logins",
    "explain_refusal",
    "is_remote",
    "list_beside",
    "list_files",
    "list_places_beside",
    "mask_address",
    "name_of",
    "open_system",
    "read_manifest",
    "read_stamp",
    "tidy_fact",
    "to_path",
]
