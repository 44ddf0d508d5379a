"""Two weeks of a team that labels its own films; each test continues where the last one ended."""

import signal

import pandas as pd
import pytest
from support import team as teams
from support.forked_kedro import kedro, stop_during
from support.team import ADJUDICATOR, PEOPLE, Team, commit, dvc, find_key, read, run, stale
from support.whole_project import digests

from libra_emo.media.films.sources_table import source_id_of
from libra_emo.taxonomy import read_taxonomy

pytestmark = pytest.mark.slow
FINAL = "05_model_input/labels/final.parquet"


class World:
    """The team, its project, and folders for films.

    Attributes:
        base: Folder of everything.
        team: The people.
        project: The team's project.
        films: Folder of its films.
        stages: Names of all stages.
        commits: Message of a commit → the commit, and the digests of what a run had made then.
    """

    def __init__(self, base):
        self.base = base
        self.films = base / "films"
        self.stages, self.commits = set(), {}
        drawn, truth = teams.draw_films(self.films)
        self.team = Team(truth)
        teams.move_film(drawn[-1], base / "later")
        self.project = teams.make_repository(base / "project")

    def set_parameters(self, **changes):
        teams.set_parameters(self.project, films=str(self.films), **changes)

    def reproduce(self, project=None):
        """Run until nobody is needed, and return what was asked meanwhile."""
        before = len(self.team.asked)
        self.team.reproduce(project or self.project)
        assert not stale(project or self.project)
        new = self.team.asked[before:]
        assert not set(new) & set(self.team.asked[:before]), "somebody was asked again"
        return new

    def commit(self, message):
        """Commit as the documentation says."""
        commit(self.project, message)
        found = run(self.project, "git", "rev-parse", "HEAD").strip()
        self.commits[message] = found, made(digests(self.project))

    def side(self, side):
        """Return the films of the bench or of the pool, by path."""
        split = pd.read_csv(self.project / "data/03_primary/split.csv")
        sides = dict(zip(split["sha256"].str[:8], split["side"], strict=True))
        paths = sorted(self.films.glob("*.mkv"))
        return [path for path in paths if sides[source_id_of(path)[-8:]] == side]

    def clone(self, name):
        """Return a clone of the project with everything pulled."""
        clone = self.base / name
        run(self.base, "git", "clone", "-q", str(self.project), str(clone))
        teams.name_author(clone)
        teams.set_parameters(clone)
        dvc(clone, "pull")
        return clone


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("weeks"))
    world.set_parameters()
    kedro(world.project, "annotators", "add", *PEOPLE)
    kedro(world.project, "annotators", "add", ADJUDICATOR, "--role", "adjudicator")
    (world.base / "remote").mkdir()
    dvc(world.project, "remote", "add", "-d", "shared", str(world.base / "remote"))
    return world


def bench_clips(project):
    table = pd.read_csv(project / "data/03_primary/bench_clips.csv")
    return set(table[["sha256", "start_ms", "end_ms"]].itertuples(index=False, name=None))


def check_labels(world, project, last=1):
    """Check that what people labelled has the true label, and that no clip is lost."""
    labels = check_rounds(world, project, last)
    final = read(project, FINAL)
    assert final["clip_id"].tolist() == labels["clip_id"].tolist()
    assert final["label"].tolist() == labels["label"].tolist()


def check_rounds(world, project, last):
    """Check the bench and the rounds up to one, and return the labels of that one."""
    bench = read(project, "05_model_input/bench_labels.parquet")
    assert bench["label"].tolist() == [world.team.true_label(clip) for clip in bench["clip_id"]]
    clips = set(read(project, "03_primary/pool.parquet")["clip_id"])
    for number in range(last + 1):
        labels = read(project, f"05_model_input/labels/round_{number}.parquet")
        dropped = read(project, f"04_feature/dropped/round_{number}.parquet")
        assert sorted(clips) == sorted([*labels["clip_id"], *dropped["clip_id"]])
        clips = set(labels["clip_id"])
        people = labels[labels["origin"] == "people"]
        assert len(people)
        true = [world.team.true_label(clip) for clip in people["clip_id"]]
        assert people["label"].tolist() == true
    return labels


def test_people_label_the_bench_and_the_rounds(world):
    found = stale(world.project)
    assert set(found.values()) == {"never run"}
    world.stages = set(found)
    asked = world.reproduce()
    campaigns = {campaign for campaign, _, _ in asked}
    assert {"bench", "bench.adjudication", "round_0", "round_1"} <= campaigns
    assert len(set(asked)) == len(asked)
    check_labels(world, world.project)
    world.commit("Rounds 0 and 1")
    assert not run(world.project, "git", "status", "--porcelain")


def test_films_that_come_go_or_get_another_name_move_no_clip_of_the_bench(world):
    before = bench_clips(world.project)
    teams.move_film(world.side("bench")[0], world.films, "Another name")
    teams.move_film(world.side("pool")[0], world.base / "gone")
    (added,) = (world.base / "later").glob("*.mkv")
    teams.move_film(added, world.films)
    found = stale(world.project)
    assert found.pop("preprocessing") == "films changed"
    assert all(reason.startswith("after ") for reason in found.values())
    content = source_id_of(world.films / added.name)[-8:]
    asked = world.reproduce()
    assert before == {clip for clip in bench_clips(world.project) if clip in before}
    assert {find_key(clip)[0] for clip in read(world.project, "03_primary/bench_sample.parquet")
            ["clip_id"]} <= {sha256[:8] for sha256, _, _ in before}  # fmt: skip
    assert not [key for campaign, key, _ in asked if campaign == "bench" and content not in key]
    check_labels(world, world.project)
    world.commit("Other films")


def test_an_edited_subtitle_changes_its_clip_alone(world):
    film = world.side("pool")[0]
    (subtitle,) = [*film.parent.glob(f"{film.stem}.*.srt")]
    lines = subtitle.read_text(encoding="utf-8").splitlines()
    lines[2] = "Something else"
    subtitle.write_text("\n".join(lines), encoding="utf-8")
    assert stale(world.project)["preprocessing"] == "films changed"
    before = read(world.project, "03_primary/candidates.parquet").set_index("clip_id")["subtitle"]
    world.reproduce()
    after = read(world.project, "03_primary/candidates.parquet").set_index("clip_id")["subtitle"]
    assert before.index.equals(after.index)
    changed = after[after != before]
    assert len(changed) == 1 and "Something else" in changed.iloc[0]
    check_labels(world, world.project)
    world.commit("A subtitle")


def test_more_rounds_and_fewer(world):
    project = world.project
    before = digests(project)
    world.set_parameters(max_rounds=2)
    of_round_2 = {f"{name}_round@2" for name in ("select", "ask", "label", "train")}
    after = {"active_learning", "explanation", "training", "evaluation"}
    assert set(stale(project)) == of_round_2 | after
    world.reproduce()
    check_labels(world, project, last=2)
    world.set_parameters(max_rounds=1)
    assert set(stale(project)) == after
    kedro(project, "reproduce")
    assert not stale(project)
    left = [path.relative_to(project / "data") for path in (project / "data").rglob("*round_2*")]
    assert {path.parts[0] for path in left} <= {"01_raw", "mlflow"}, left
    assert "round@2" not in (project / "dvc.lock").read_text(encoding="utf-8")
    assert made(digests(project)) == made(before)
    check_labels(world, project)


def made(found):
    """Return the digests of what a run makes; lists for people and their votes are no part."""
    return {name: value for name, value in found.items() if not name.startswith("01_raw/")}


def test_an_older_commit_and_its_data_are_there_again(world):
    world.commit("One round again")
    branch = run(world.project, "git", "branch", "--show-current").strip()
    for message in ("Rounds 0 and 1", "One round again"):
        found, before = world.commits[message]
        run(world.project, "git", "checkout", "-q", found)
        dvc(world.project, "checkout")
        assert made(digests(world.project)) == before
        assert "up to date" in dvc(world.project, "status")
        assert not run(world.project, "git", "status", "--porcelain")
    run(world.project, "git", "checkout", "-q", branch)


def test_a_clone_with_everything_pulled_goes_on_without_asking_anybody_again(world):
    dvc(world.project, "push")
    clone = world.clone("clone")
    assert not run(clone, "git", "status", "--porcelain")
    assert not stale(clone)
    assert kedro(clone, "reproduce").stages == []
    assert made(digests(clone)) == made(digests(world.project))
    teams.set_parameters(clone, evaluation={"modality_sets": ["VAT"], "permutations": 200})
    assert set(stale(clone)) == {"judge_voters", "evaluation"}
    teams.set_parameters(clone, max_rounds=2)
    assert world.reproduce(clone) == []
    check_labels(world, clone, last=2)


# stage, signal, and the file that is waited for
STOPS = [
    ("preprocessing", signal.SIGKILL, "data/03_primary/shards/*.tar"),
    ("bench", signal.SIGINT, "data/03_primary/split.csv"),
    ("voting", signal.SIGKILL, "data/04_feature/machine_votes.parquet"),
    ("judge_voters", signal.SIGINT, ""),
    ("ask_round@0", signal.SIGKILL, ""),
    ("label_round@0", signal.SIGINT, "data/05_model_input/labels/round_0.parquet"),
    ("train_round@0", signal.SIGKILL, "data/06_models/round_0"),
    ("select_round@1", signal.SIGINT, ""),
    ("ask_round@1", signal.SIGKILL, "data/04_feature/human_votes/round_1.parquet"),
    ("label_round@1", signal.SIGKILL, "data/05_model_input/labels/round_1.parquet"),
    ("train_round@1", signal.SIGINT, ""),
    ("active_learning", signal.SIGKILL, "data/04_feature/human_votes.parquet"),
    ("explanation", signal.SIGINT, ""),
    ("training", signal.SIGKILL, "data/06_models/final"),
    ("evaluation", signal.SIGKILL, "data/08_reporting/bench_scores.csv"),
]


def test_a_run_that_is_stopped_in_every_stage_ends_in_the_same_bytes(world):
    other = world.base / "stopped"
    run(world.base, "git", "clone", "-q", str(world.project), str(other))
    teams.set_parameters(other, films=str(world.films))
    dvc(other, "pull", "data/01_raw/vote_records.parquet.dvc")
    run(other, "git", "rm", "-rq", "dvc.lock", "data/08_reporting")
    stopped = []
    for stage, number, written in STOPS:
        done = stop_during(other, stage, number, written)
        if done is None:  # an earlier signal came late
            continue
        assert done.status != 0, done.output
        assert number == signal.SIGKILL or "Traceback" not in done.output
        stopped.append(stage)
    assert len(stopped) > len(STOPS) - 4, stopped
    kedro(other, "reproduce")
    assert made(digests(other)) == made(digests(world.project))


def test_another_taxonomy_asks_again_only_who_gave_a_label_that_it_lacks(world):
    project = world.project
    before = dict(world.team.answers)
    bench = read(project, "05_model_input/bench_labels.parquet")
    label = bench["label"].mode()[0]
    world.team.unlearn(label, read_taxonomy()[label].neighbours[0])
    teams.remove_label(project, label)
    found = stale(project)
    readers = {name for name, reason in found.items() if "catalog entry taxonomy changed" in reason}
    assert readers == set(found) - {"active_learning"}
    assert set(found) == world.stages
    begun = len(world.team.asked)
    world.team.reproduce(project, "label_round@0")
    asked = world.team.asked[begun:]
    assert asked and all(before.get(question, label) == label for question in asked)
    check_rounds(world, project, last=0)
