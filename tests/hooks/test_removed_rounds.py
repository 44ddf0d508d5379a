import yaml
from kedro.io import CatalogConfigResolver, DataCatalog

from libra_emo.hooks.removed_rounds import remove_rounds

TABLE = "libra_emo.datasets.TableDataset"
CATALOG = {
    "{round}.labels": {"type": TABLE, "filepath": "data/labels/{round}.parquet"},
    "{round}.predictions": {"type": TABLE, "filepath": "data/out/{round}_predictions.parquet"},
    "{round}.model": {"type": "libra_emo.datasets.StudentDataset", "filepath": "data/m/{round}"},
    "labels": {"type": TABLE, "filepath": "data/labels/final.parquet"},
}
KEPT = ("labels/bench.parquet", "labels/final.parquet", "labels/round_2.parquet", "m/round_1/w")
LEFT = ("labels/round_3.parquet", "labels/round_10.parquet", "out/round_3_predictions.parquet")


def test_files_and_records_of_rounds_after_the_last_one_are_removed(tmp_path):
    for name in (*KEPT, *LEFT, "m/round_3/w"):
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    stages = {name: {"cmd": "x"} for name in ("label_round@2", "label_round@3", "bench")}
    (tmp_path / "dvc.lock").write_text(yaml.safe_dump({"stages": stages}))
    catalog = DataCatalog(config_resolver=CatalogConfigResolver(CATALOG, {}))
    remove_rounds(["label_round@1", "label_round@2", "bench"], catalog, 2, tmp_path)
    files = {p.relative_to(tmp_path / "data").as_posix() for p in (tmp_path / "data").rglob("*")}
    assert files == {*KEPT, "labels", "m", "m/round_1", "out"}
    assert set(yaml.safe_load((tmp_path / "dvc.lock").read_text())["stages"]) == {
        "label_round@2",
        "bench",
    }
    remove_rounds(["label_round@2", "bench"], catalog, 2, tmp_path)
