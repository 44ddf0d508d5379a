from libra_emo.pipelines.preprocessing import create_pipeline


def test_inputs_and_outputs_are_those_of_the_catalog():
    pipeline = create_pipeline()
    assert pipeline.outputs() == {"sample_truth", "features", "footage_plot"}
    assert {name for name in pipeline.inputs() if not name.startswith("params:")} == {
        "film_logins",
        "taxonomy",
        "film_copies",
        "clips_folder",
        "shards_folder",
        "finished_folder",
        "takedowns_folder",
    }
    assert {"sources", "candidates", "clip_shards", "film_list"} <= pipeline.datasets()


def test_nodes_carry_the_names_of_their_functions():
    for node in create_pipeline().nodes:
        assert node.name == f"preprocessing.{node.func.__name__}"
        assert "preprocessing" in node.tags
