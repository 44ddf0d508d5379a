import pytest

from libra_emo.students.errors import StudentError
from libra_emo.students.multimodal.training.refused import Refusals


def test_each_clip_is_noted_once_whoever_notes_it(tmp_path):
    first, second = Refusals(tmp_path, 100), Refusals(tmp_path, 100)
    assert first.read() == []
    for notes in (first, second, first):
        notes.add("b", "clip b: odd")
    second.add("a", "clip a: odd")
    assert first.read() == [
        {"clip_id": "a", "reason": "clip a: odd"},
        {"clip_id": "b", "reason": "clip b: odd"},
    ]


@pytest.mark.parametrize(("clips", "allowed"), [(100, 10), (10, 2), (2, 1), (1, 0)])
def test_a_model_at_fault_ends_the_training(tmp_path, clips, allowed):
    notes = Refusals(tmp_path, clips)
    for number in range(allowed):
        notes.add(f"clip{number}", "odd")
    with pytest.raises(StudentError, match=f"{allowed + 1} of {clips} clips .* clip last: odd"):
        notes.add("last", "clip last: odd")
