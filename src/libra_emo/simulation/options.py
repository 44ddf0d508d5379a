"""What is simulated: world, size, arms, seeds."""

from __future__ import annotations

from pydantic import Field, field_validator

from libra_emo.common.options import Options
from libra_emo.labelling.query_strategies import AskingOptions, StrategyName
from libra_emo.simulation.worlds import WORLDS, WorldName


class SimulationOptions(Options):
    """The options of `kedro simulate`.

    Attributes:
        world: Name of the world.
        clips: How many clips.
        arms: Query strategies that are compared; `disagreement` is always run, since its
            judgements are the budget of the others.
        seeds: How many populations are drawn.
        first_seed: Seed of the first.
        asking: When a clip is asked about once more.
        coverage_datasets: How many datasets are drawn for the coverage of the certificate.
    """

    world: WorldName = "base"
    clips: int = Field(default=12_000, ge=1000, le=60_000)
    arms: tuple[StrategyName, ...] = ("disagreement", "expected_gain", "random", "selective_risk")
    seeds: int = Field(default=3, ge=1)
    first_seed: int = 1
    asking: AskingOptions = AskingOptions()
    coverage_datasets: int = Field(default=100, ge=0)

    @field_validator("world", mode="before")
    @classmethod
    def _check_world(cls, value: object) -> object:
        if value not in WORLDS:
            raise ValueError(f"{value!r} is no world; the worlds are {', '.join(WORLDS)}")
        return value
