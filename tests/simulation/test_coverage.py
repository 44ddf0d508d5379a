import pytest

from libra_emo.simulation.coverage import Design, simulate_coverage
from libra_emo.simulation.worlds import WORLDS
from libra_emo.taxonomy import read_taxonomy


def hits(world, films, datasets):
    design = Design(films=films)
    found = [simulate_coverage(WORLDS[world], read_taxonomy(), design, s) for s in range(datasets)]
    return {
        (look, name): sum(getattr(one[look], name) for one in found)
        for look in (1, 5)
        for name in ("overall", "by_label")
    }


def test_an_interval_is_narrow_enough_to_say_something():
    found = simulate_coverage(WORLDS["base"], read_taxonomy(), Design(), 1)
    for look in (1, 5):
        assert 0.05 < found[look].width < 0.3
        assert abs(found[look].estimate - found[look].share) < 0.12
    assert found[5].share < found[1].share  # labels get better


@pytest.mark.slow
@pytest.mark.parametrize("films", [10, 20, 40])
@pytest.mark.parametrize("world", list(WORLDS))
def test_intervals_cover_in_93_of_100_datasets(world, films):
    assert min(hits(world, films, 100).values()) >= 93
