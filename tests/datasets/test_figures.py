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


def test_a_figure_for_papers_is_also_an_svg_file_and_changes_no_picture(tmp_path):
    both = FigureDataset(filepath=str(tmp_path / "a.png"), svg=True)
    again = FigureDataset(filepath=str(tmp_path / "b.png"), svg=True)
    alone = FigureDataset(filepath=str(tmp_path / "c.png"))
    for dataset in (both, again, alone):
        dataset.save(draw(2))
    assert both.load() == again.load() == alone.load()
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert "<svg" in (tmp_path / "a.svg").read_text() and not (tmp_path / "c.svg").exists()
    (tmp_path / "a.svg").unlink()
    assert not both.exists()
