"""The explanation as a pipeline."""

from __future__ import annotations

from kedro.pipeline import Pipeline, node, pipeline

from libra_emo.pipelines.explanation import nodes


def create_pipeline() -> Pipeline:
    """Return the pipeline that explains the final labels."""
    return pipeline(
        [
            node(
                nodes.write_explanations,
                {
                    "labels": "labels",
                    "features": "features",
                    "clip_shards": "clip_shards",
                    "explanation_answers": "explanation_answers",
                    "explain_prompt": "explain_prompt",
                    "prices": "prices",
                    "llm_keys": "llm_keys",
                    "taxonomy": "taxonomy",
                    "explanation": "params:explanation",
                    "seed": "params:seed",
                    "person_meant": "params:person_meant",
                },
                ["explanations", "explanation_attempts", "explanation_rules"],
                name="write_explanations",
            ),
            node(
                nodes.report_explanations,
                ["explanations", "explanation_attempts"],
                ["explanation_report", "explanation_statuses"],
                name="report_explanations",
            ),
        ],
        namespace="explanation",
        prefix_datasets_with_namespace=False,
        tags=["explanation"],
    )
