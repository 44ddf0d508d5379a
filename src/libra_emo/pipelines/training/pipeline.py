"""The training as a pipeline."""

from __future__ import annotations

from kedro.pipeline import Pipeline, node, pipeline

from libra_emo.pipelines.training import nodes


def create_pipeline(max_rounds: int = 4) -> Pipeline:
    """Return the pipeline that writes the training examples and trains the last student.

    Args:
        max_rounds: Number of rounds after round 0.
    """
    rounds = [f"round_{number}.labels" for number in range(max_rounds + 1)]
    return pipeline(
        [
            node(
                nodes.choose_training_labels,
                ["params:training", "params:seed", "labels", *rounds],
                "training_labels",
                name="choose_training_labels",
            ),
            node(
                nodes.write_conversations,
                [
                    *("training_labels", "pool", "explanations", "taxonomy"),
                    *("params:training", "params:person_meant"),
                ],
                "conversations",
                name="write_conversations",
            ),
            node(
                nodes.train_model,
                {
                    "features": "features",
                    "labels": "training_labels",
                    "leaks": "leaks",
                    "pool": "pool",
                    "conversations": "conversations",
                    "clip_shards": "clip_shards",
                    "training_folder": "training_folder",
                    "taxonomy": "taxonomy",
                    "student": "params:student",
                    "training": "params:training",
                    "seed": "params:seed",
                    "person_meant": "params:person_meant",
                },
                "model",
                name="train_model",
            ),
        ],
        namespace="training",
        prefix_datasets_with_namespace=False,
        tags=["training"],
    )
