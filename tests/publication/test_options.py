"""Options of a release that are refused."""

import pytest
from pydantic import ValidationError

from libra_emo.publication.options import PublicationOptions


@pytest.mark.parametrize("version", ["0.1.0", "10.20.30", "1.0.0-rc.1", "1.0.0-alpha"])
def test_semantic_versions_are_accepted(version):
    assert PublicationOptions(version=version).version == version


@pytest.mark.parametrize(
    "wrong",
    [
        *({"version": text} for text in ("1.0", "01.0.0", "v1.0.0", "1.0.0-01", "", "../1.0.0")),
        *({"license": text} for text in ("", "CC-BY", "MIT ")),
        *({"name": text} for text in ("", "a/b", "..", "a b")),
        *({"date": text} for text in ("yesterday", "2026-13-01")),
        *({"url": text} for text in ("", "example.org", "file:///x")),
        {"creators": []},
    ],
)
def test_what_cannot_be_published_is_refused(wrong):
    with pytest.raises(ValidationError):
        PublicationOptions(**wrong)
