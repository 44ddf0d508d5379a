from concurrent.futures import ThreadPoolExecutor

from libra_emo.pipelines.preprocessing.unchanged import map_uncached


def test_only_what_is_not_cached_is_computed_and_the_order_stays():
    asked = []

    def double(number):
        asked.append(number)
        return 2 * number

    with ThreadPoolExecutor(2) as pool:
        results = map_uncached(pool, double, [1, 2, 3, 4], [None, 40, None, 80], "numbers")
    assert results == [2, 40, 6, 80]
    assert sorted(asked) == [1, 3]
