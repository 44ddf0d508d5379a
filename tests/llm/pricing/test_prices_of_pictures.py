import pytest

from libra_emo.llm.pricing.prices import PictureRule


@pytest.mark.parametrize(
    ("rule", "size", "low", "high"),
    [  # the providers' own examples
        (PictureRule(rule="openai_tiles", base=85, per_tile=170), (1024, 1024), 85, 765),
        (PictureRule(rule="openai_tiles", base=85, per_tile=170), (2048, 4096), 85, 1105),
        (PictureRule(rule="openai_tiles", base=85, per_tile=170), (448, 252), 85, 255),
        (PictureRule(rule="gemini_crops", per_tile=258), (384, 384), 258, 258),
        (PictureRule(rule="gemini_crops", per_tile=258), (960, 540), 258, 1806),
        (PictureRule(rule="fixed", tokens=70), (9, 9), 70, 70),
    ],
)
def test_tokens_of_a_picture(rule: PictureRule, size: tuple[int, int], low: int, high: int) -> None:
    assert rule.count(*size) == (low, high)


@pytest.mark.parametrize(
    ("size", "figure"),
    [((1000, 1000), 1296), ((1092, 1092), 1521), ((200, 200), 64), ((1568, 1568), 1568)],
)
def test_tokens_by_patches_are_the_providers_figures(size: tuple[int, int], figure: int) -> None:
    low, high = PictureRule(rule="patches", patch_pixels=28, most=1568).count(*size)
    assert low <= figure <= high < 1.15 * figure + 6
