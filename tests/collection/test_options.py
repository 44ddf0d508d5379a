"""Options of the collection that are refused, and what is careful by default."""

import pytest
from pydantic import ValidationError

from libra_emo.collection.options import CollectionOptions


def test_the_defaults_are_careful():
    options = CollectionOptions()
    assert (options.min_wait_seconds, options.max_wait_seconds) == (5, 10)
    assert options.cookies is None and not options.automatic_subtitles


@pytest.mark.parametrize(
    "wrong",
    [
        {"min_wait_seconds": 11},
        {"min_wait_seconds": -1},
        {"allowed_licenses": ["MIT"]},
        {"targets": {"themes": {"drama": -1}}},
        {"targets": {"genres": {"drama": 1}}},
        {"attempts": 0},
        {"addresses": ""},
        {"cookie": "x"},
    ],
)
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValidationError):
        CollectionOptions(**wrong)
