import pytest
from small_world import make_world

from libra_emo.explanations.options import ExplanationOptions
from libra_emo.explanations.writer import write_explanations
from libra_emo.students import StudentError
from libra_emo.students.conversations import write_conversation_rows
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()


@pytest.fixture(scope="module")
def world():
    return make_world()


@pytest.fixture(scope="module")
def explanations(world):
    return write_explanations(world.rounds[1], world.features, TAXONOMY, ExplanationOptions())


def parts(row):
    user, assistant = row["messages"]
    assert [user["role"], assistant["role"]] == ["user", "assistant"]
    assert user["content"].startswith("<video><audio>")
    return user["content"].removeprefix("<video><audio>"), assistant["content"]


def test_each_labelled_clip_is_an_example(world, explanations):
    rows = write_conversation_rows(world.rounds[1], world.pool, explanations, TAXONOMY)
    assert [row["clip_id"] for row in rows] == sorted(world.rounds[1]["clip_id"])
    told = explanations.set_index("clip_id")
    subtitles = world.pool.set_index("clip_id")["subtitle"]
    for row in rows:
        request, answer = parts(row)
        assert f'"{subtitles[row["clip_id"]]}"' in request
        assert ", ".join(TAXONOMY.labels) in request
        label, explanation = answer.split("\n")
        assert label == told.loc[row["clip_id"], "label"]
        assert explanation == told.loc[row["clip_id"], "explanation"]


def test_without_explanations_label_and_request_stand_alone(world, explanations):
    rows = write_conversation_rows(
        world.rounds[1], world.pool, explanations, TAXONOMY, with_explanations=False
    )
    request, answer = parts(rows[0])
    assert answer in TAXONOMY.labels
    assert "explanation" not in request


def test_an_explanation_that_failed_or_is_of_another_label_is_left_out(world, explanations):
    failed = explanations.copy()
    failed.loc[0, "status"] = "no_cue"
    failed.loc[1, "label"] = "neutral"
    rows = write_conversation_rows(world.rounds[1], world.pool, failed, TAXONOMY)
    assert ["\n" in parts(row)[1] for row in rows] == [False, False] + [True] * 34


def test_a_clip_without_words_has_no_line_for_them(world, explanations):
    pool = world.pool.assign(subtitle=" ")
    request, _ = parts(write_conversation_rows(world.rounds[1], pool, explanations, TAXONOMY)[0])
    assert "subtitle" not in request
    assert request.startswith("Which")


def test_a_template_of_ones_own(world, explanations, tmp_path):
    own = tmp_path / "own.txt.j2"
    own.write_text("Say one of {{ labels | length }} <b>{{ subtitle }}</b>")
    pool = world.pool.assign(subtitle='he said "no" & left')
    rows = write_conversation_rows(world.rounds[1], pool, explanations, TAXONOMY, prompt_file=own)
    assert parts(rows[0])[0] == 'Say one of 13 <b>he said "no" & left</b>'


@pytest.mark.parametrize("content", [None, "{% if %}", "{{ emotion }}"])
def test_a_template_that_does_not_work_is_named(world, explanations, tmp_path, content):
    own = tmp_path / "own.txt.j2"
    if content is not None:
        own.write_text(content)
    with pytest.raises(StudentError, match=r"training\.prompt_file"):
        write_conversation_rows(world.rounds[1], world.pool, explanations, TAXONOMY, True, own)


def test_no_clip_outside_the_pool_becomes_an_example(world, explanations):
    with pytest.raises(StudentError, match="film0-000 has a label and is not in the pool"):
        write_conversation_rows(world.rounds[1], world.pool.iloc[1:], explanations, TAXONOMY)
