"""The notice of takedowns, and the versions that are possible after one."""

import pytest

from libra_emo.cli.publishing.takedown import REASONS as CHOICES
from libra_emo.common.takedowns.log import TakedownLog
from libra_emo.publication.errors import ReleaseError
from libra_emo.publication.notice import REASONS, check_version, write_notice

ENTRY = {"date": "2026-12-01", "reason": "privacy", "films": 1, "clips": 6, "version": None}


def test_the_notice_has_a_row_a_takedown():
    assert write_notice([]) == ""
    assert write_notice([ENTRY, {**ENTRY, "version": "3.0.0"}]).splitlines()[-2:] == [
        "| 2026-12-01 | a person who is shown asked for it | 1 | 6 | the next one |",
        "| 2026-12-01 | a person who is shown asked for it | 1 | 6 | 3.0.0 |",
    ]


def test_the_command_offers_the_reasons_of_the_notice():
    assert set(CHOICES) == set(REASONS)


@pytest.mark.parametrize(("version", "fits"), [("0.9.0", False), ("1.0.0", False), ("1.0.1", True)])
def test_a_version_that_was_left_behind_is_refused(version, fits):
    log = TakedownLog([{**ENTRY, "version": "1.0.0"}])
    check_version("0.1.0", TakedownLog())
    if fits:
        check_version(version, log)
    else:
        with pytest.raises(ReleaseError, match=r"version 1\.0\.0: set a higher"):
            check_version(version, log)
