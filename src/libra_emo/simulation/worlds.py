"""The worlds: how clips, voters, student and people are drawn.

They were fixed before any strategy was run on them, from published figures, and are not changed
when a strategy does badly:

- clips have the class mix of the paper's training set; films differ in their mix and difficulty;
- three voters, of which the base world's are right on the bench's mix about as often as those of
  the paper's Table 4 (47.8, 43.3 and 41.7 %; their vote 50.9 %);
- people agree as FER+'s ten annotators do (Krippendorff's alpha 0.515; 0.6 in `kind`), with the
  form of the project's simulated annotators, and in part err alike: they take a clip for its own
  look-alike;
- a student that, taught the truth, is right on 55 % of the bench's mix: the paper's best one is
  right on 51.6 %, taught labels with errors (60 % in `kind`, 45 % in `worst`);
- an in-sample student that remembers its labels, so that the paper's rule sends the 20.3 % of the
  clips that the paper sent in its first round (13,000 of 64,174).

`kind` has independent errors, `correlated` voters that err alike, and `worst` people who err
together on the same hard clips, voters tied to what the student sees, and a weak student. The
voters' accuracy is that of Table 4 in every world.
"""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field

from libra_emo.common.options import Options

WorldName = Literal["base", "kind", "correlated", "worst"]


class World(Options):
    """How a world is drawn; strengths are in units of the noise, difficulties in log-odds.

    Attributes:
        name: Name of the world.
        clips_per_film: Clips of a film, on average; films differ in length.
        film_mix: How alike the films' class mixes are (concentration of a Dirichlet law).
        film_difficulty: Share of the variance of difficulty that films have in common.
        film_look: Deviation of what the student sees from film to film.
        student_signal: Strength of what the student sees.
        voter_signals: Strength of what each voter sees.
        voters_alike: Share of the voters' noise that they have in common.
        voters_tied: Share of that common noise that is the student's.
        voter_bias: Deviation of the voters' common leaning towards some labels.
        hardness: By how much a clip that is one deviation harder weakens signals (logarithm).
        machine_look_alike: Strength of a clip's look-alike for machines, against its label's.
        ability: Mean log-odds of a person's right answer.
        ability_spread: Distance of the best and of the worst person from the mean.
        difficulty: Standard deviation of the clips' difficulty for people.
        people_alike: Share of the people's errors that are the clip's look-alike.
        people: How many people there are.
        adjudicator: Log-odds of the adjudicator's right answer.
        memory: By how much an in-sample student's log-odds favour the label that it was taught.
    """

    name: WorldName
    clips_per_film: float = Field(default=300, gt=1)
    film_mix: float = Field(default=30, gt=0)
    film_difficulty: float = Field(default=0.15, ge=0, lt=1)
    film_look: float = Field(default=0.3, ge=0)
    student_signal: float = 1.8
    voter_signals: tuple[float, ...] = (1.66, 1.52, 1.46)
    voters_alike: float = Field(default=0.4, ge=0, le=1)
    voters_tied: float = Field(default=0.3, ge=0, le=1)
    voter_bias: float = 0.3
    hardness: float = 0.2
    machine_look_alike: float = 0.3
    ability: float = 1.0
    ability_spread: float = 0.8
    difficulty: float = 1.25
    people_alike: float = Field(default=0.3, ge=0, le=1)
    people: int = 24
    adjudicator: float = 2.5
    memory: float = 1.5


WORLDS: Final[dict[WorldName, World]] = {
    world.name: world
    for world in (
        World(name="base"),
        World(
            name="kind",
            voters_alike=0.2,
            voters_tied=0.0,
            people_alike=0.0,
            machine_look_alike=0.1,
            film_difficulty=0.05,
            voter_signals=(1.67, 1.53, 1.47),
            student_signal=1.95,
            ability=1.4,
            memory=1.75,
        ),
        World(
            name="correlated",
            voters_alike=0.85,
            voters_tied=0.5,
            machine_look_alike=0.5,
            voter_signals=(1.76, 1.6, 1.54),
            student_signal=1.85,
            ability=0.9,
            memory=1.35,
        ),
        World(
            name="worst",
            voters_alike=0.8,
            voters_tied=0.8,
            people_alike=0.7,
            machine_look_alike=0.6,
            film_difficulty=0.3,
            voter_signals=(1.78, 1.61, 1.54),
            student_signal=1.45,
            ability=0.5,
            memory=0.85,
        ),
    )
}
