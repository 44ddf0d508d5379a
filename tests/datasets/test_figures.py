import base64

from matplotlib.figure import Figure

from libra_emo.datasets import FigureDataset


def draw(value):
    figure = Figure(figsize=(2, 2))
    figure.subplots().bar([0, 1], [1, value])
    return figure


def test_the_same_figure_makes_the_same_bytes(tmp_path):
    first = FigureDataset(filepath=str(tmp_path / "a.png"))
    second = FigureDataset(filepath=str(tmp_path / "b.png"))
    first.save(draw(2))
    second.save(draw(2))
    assert first.load() == second.load()
    second.save(draw(3))
    assert first.load() != second.load()
    assert b"Matplotlib" not in first.load()


def test_the_preview_is_the_picture(tmp_path):
    dataset = FigureDataset(filepath=str(tmp_path / "a.png"))
    dataset.save(draw(2))
    assert base64.b64decode(dataset.preview()) == (tmp_path / "a.png").read_bytes()


def test_half_a_picture_does_not_exist(tmp_path):
    dataset = FigureDataset(filepath=str(tmp_path / "a.png"))
    dataset.save(draw(2))
    assert dataset.exists()
    (tmp_path / "a.png").write_bytes(dataset.load()[:-9])
    assert not dataset.exists()
