"""The tags by which runs are found."""

LOOP_TAG = "libra_emo.loop"
TRAINING_TAG = "libra_emo.training"
# a run from a round of labels, and back: their round and their file's digest
ROUND_TAG = "libra_emo.label_round"
LABELS_TAG = "libra_emo.labels_sha256"
MODEL_TAG = "libra_emo.model"
SWEEP_TAG = "libra_emo.sweep"  # the name of a sweep and the beginning of its table's digest
SCORES_TAG = "libra_emo.scores"  # the beginning of the digest of a report's summary
VERSION_TAG = "libra_emo."  # begins the tags with what the bench's numbers rest on
SUPERSEDED_TAG = "libra_emo.superseded_loop"
PARENT_TAG = "mlflow.parentRunId"
# a training that is followed while it runs: the beginning of its digest
LIVE_TAG = "libra_emo.training_sha256"
# MLflow's own: the kind of an experiment, and the description of a run or an experiment
KIND_TAG = "mlflow.experimentKind"
NOTE_TAG = "mlflow.note.content"
