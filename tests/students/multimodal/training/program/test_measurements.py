from libra_emo.common.files import read_lines
from libra_emo.students.multimodal.training.program.measurements import Recorder, Stopwatch


def test_lines_after_the_checkpoint_are_cut_and_a_torn_one_is_passed_over(tmp_path):
    path = tmp_path / "lines.jsonl"
    first = Recorder(path, 0)
    for step in (1, 2, 3):
        first.write("training", step, {"loss": 1.0 / step})
    with path.open("a") as file:
        file.write('{"kind": "trai')
    assert [line["step"] for line in read_lines(path)] == [1, 2, 3]
    Recorder(path, 2).write("training", 3, {"loss": 0.5})
    assert [line["loss"] for line in read_lines(path)] == [1.0, 0.5, 0.5]


def test_a_stopwatch_gives_rates_and_starts_again():
    watch = Stopwatch()
    watch.add(waited_s=0.0, clips=4, tokens=400)
    rates = watch.read()
    assert rates["tokens_per_clip"] == 100 and rates["data_wait_share"] == 0
    assert rates["clips_per_second"] > 0
    assert watch.read()["clips_per_second"] == 0
