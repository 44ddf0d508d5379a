import json

import pytest
from support.small_world import make_world

from libra_emo.explanations.cue_writer import write_explanations
from libra_emo.explanations.options import ExplanationOptions
from libra_emo.llm.request.prompts import Prompt, PromptError, read_prompt
from libra_emo.students import StudentError, TrainingOptions
from libra_emo.students.conversations import write_conversation_rows, write_label_rows
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()
PROMPT = read_prompt(TrainingOptions().prompt_file, "training.prompt_file")


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
    rows = write_conversation_rows(world.rounds[1], world.pool, explanations, TAXONOMY, PROMPT)
    assert [row["clip_id"] for row in rows] == sorted(world.rounds[1]["clip_id"])
    table = explanations.set_index("clip_id")
    subtitles = world.pool.set_index("clip_id")["subtitle"]
    for row in rows:
        request, answer = parts(row)
        assert f'"{subtitles[row["clip_id"]]}"' in request
        assert ", ".join(TAXONOMY.labels) in request
        label, explanation = answer.split("\n")
        assert label == table.loc[row["clip_id"], "label"]
        assert explanation == table.loc[row["clip_id"], "explanation"]


@pytest.mark.parametrize("modalities", ["VAT", "VT", "VA", "A", "T"])
def test_they_are_what_other_trainers_read(world, explanations, modalities):
    """As ms-swift and LLaMA-Factory count: as many places in the messages as files beside them."""
    pool = world.pool.assign(subtitle="It said <video> on the <audio> box, and <image>.")
    rows = write_conversation_rows(
        world.rounds[1], pool, explanations, TAXONOMY, PROMPT, modalities=modalities
    )
    known = pool.set_index("clip_id")["clip_path"]
    for row in json.loads(json.dumps(rows)):
        assert [turn["role"] for turn in row["messages"]] == ["user", "assistant"]
        text = "".join(turn["content"] for turn in row["messages"])
        for letter, place, name in (("V", "video", "videos"), ("A", "audio", "audios")):
            files = [known[row["clip_id"]]] if letter in modalities else []
            assert row.get(name, []) == files
            assert text.count(f"<{place}>") == len(files)
        assert "<image>" not in text
        assert ("on the (audio) box" in text) == ("T" in modalities)


def test_without_explanations_label_and_request_stand_alone(world, explanations):
    rows = write_conversation_rows(
        world.rounds[1], world.pool, explanations, TAXONOMY, PROMPT, with_explanations=False
    )
    request, answer = parts(rows[0])
    assert answer in TAXONOMY.labels
    assert "explanation" not in request


def test_an_explanation_that_failed_or_is_of_another_label_is_left_out(world, explanations):
    failed = explanations.copy()
    failed.loc[0, "status"] = "no_cue"
    failed.loc[1, "label"] = "neutral"
    rows = write_conversation_rows(world.rounds[1], world.pool, failed, TAXONOMY, PROMPT)
    assert ["\n" in parts(row)[1] for row in rows] == [False, False] + [True] * 34


def test_a_clip_without_words_has_no_line_for_them(world, explanations):
    pool = world.pool.assign(subtitle=" ")
    request, _ = parts(
        write_conversation_rows(world.rounds[1], pool, explanations, TAXONOMY, PROMPT)[0]
    )
    assert "subtitle" not in request
    assert request.startswith("Which")


def test_the_request_reads_as_it_should(world, explanations):
    first = world.rounds[1].sort_values("clip_id").iloc[0]
    words = world.pool.set_index("clip_id")["subtitle"][first["clip_id"]]
    rows = write_conversation_rows(world.rounds[1], world.pool, explanations, TAXONOMY, PROMPT)
    assert parts(rows[0])[0] == (
        f'During this clip somebody says, or a subtitle reads: "{words}".\n'
        "Which emotion do the people in the clip show? Choose one of: "
        f"{', '.join(TAXONOMY.labels)}.\n"
        "Answer on two lines: the emotion alone on the first, a short explanation on the second."
    )


def test_a_prompt_of_ones_own(world, explanations):
    own = Prompt(
        "{% block user %}Say one of {{ labels | length }} <b>{{ subtitle }}{% endblock %}", ""
    )
    pool = world.pool.assign(subtitle='he said "no" & left')
    rows = write_conversation_rows(world.rounds[1], pool, explanations, TAXONOMY, own)
    assert parts(rows[0])[0] == 'Say one of 13 <b>he said "no" & left'


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("{% block user %}{{ emotion }}{% endblock %}", PromptError, "own.jinja.*emotion"),
        (
            "{% block system %}x{% endblock %}{% block user %}y{% endblock %}",
            StudentError,
            "one turn",
        ),
    ],
)
def test_a_prompt_that_does_not_work_is_named(world, text, error, message):
    clips = world.pool.assign(label="sad")
    with pytest.raises(error, match=message):
        write_label_rows(clips, TAXONOMY, Prompt(text, "own.jinja"))


def test_no_clip_outside_the_pool_becomes_an_example(world, explanations):
    with pytest.raises(StudentError, match="film0-000 has a label and is not in the pool"):
        write_conversation_rows(
            world.rounds[1], world.pool.iloc[1:], explanations, TAXONOMY, PROMPT
        )
