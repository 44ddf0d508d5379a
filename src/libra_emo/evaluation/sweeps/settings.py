"""The settings of each sweep, in their order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from libra_emo.evaluation.sweeps.options import SweepOptions

SWEEPS = ("data_share", "modalities", "label_rounds", "classes")


@dataclass(frozen=True)
class Setting:
    """One training of a sweep; what is None is as the parameters of the training say.

    Attributes:
        name: Name of the setting in tables and figures.
        data_fraction: Share of the labels that is learnt.
        modalities: Modalities of the student.
        label_round: Round whose labels are learnt.
        with_explanations: Whether explanations are learnt.
        trained_classes: Classes that the student learns, `fine` or `coarse`.
        scored_classes: Classes that are scored; coarse parents of fine answers count.
    """

    name: str
    data_fraction: float | None = None
    modalities: str | None = None
    label_round: int | None = None
    with_explanations: bool | None = None
    trained_classes: str = "fine"
    scored_classes: str = "fine"


def list_settings(sweep: str, options: SweepOptions, rounds: int, explains: bool) -> list[Setting]:
    """Return the settings of a sweep.

    Args:
        sweep: One of `SWEEPS`.
        options: What the sweeps vary.
        rounds: Number of rounds, round 0 included.
        explains: Whether the student can learn explanations.
    """
    return _SETTINGS[sweep](options, rounds, explains)


def _data_share(options: SweepOptions, rounds: int, explains: bool) -> list[Setting]:
    return [Setting(f"{100 * share:g} %", data_fraction=share) for share in options.shares]


def _modalities(options: SweepOptions, rounds: int, explains: bool) -> list[Setting]:
    return [Setting(letters, modalities=letters) for letters in options.modalities]


def _label_rounds(options: SweepOptions, rounds: int, explains: bool) -> list[Setting]:
    """Return the settings of the paper's Table 8: rounds, each without and with explanations."""
    settings = []
    for number in range(rounds):
        for explained in (False, True) if explains else (None,):
            end = {True: ", with explanations", False: ", labels alone", None: ""}[explained]
            name = f"round {number}{end}"
            settings.append(Setting(name, label_round=number, with_explanations=explained))
    return settings


def _classes(options: SweepOptions, rounds: int, explains: bool) -> list[Setting]:
    """Return the settings of the paper's Table 2."""
    return [
        Setting("fine"),
        Setting("fine, scored as coarse", scored_classes="coarse"),
        Setting("coarse", trained_classes="coarse", scored_classes="coarse"),
    ]


_SETTINGS: dict[str, Callable[[SweepOptions, int, bool], list[Setting]]] = {
    "data_share": _data_share,
    "modalities": _modalities,
    "label_rounds": _label_rounds,
    "classes": _classes,
}
