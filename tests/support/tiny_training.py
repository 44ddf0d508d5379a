"""Small trainings of a tiny random model on drawn clips, for tests of what is around them."""

import numpy as np

from libra_emo.media.shards import ClipData, ShardReader, ShardWriter
from libra_emo.students.multimodal.families import open_family
from libra_emo.students.options.multimodal import MultimodalOptions
from libra_emo.taxonomy import read_taxonomy

KINDS = ("sad", "angry", "happy")
COLOURS = {"sad": (20, 30, 160), "angry": (180, 30, 20), "happy": (230, 200, 40)}
WORDS = {"sad": "I miss him.", "angry": "Get out of here!", "happy": "What a lovely day."}
LABELS = read_taxonomy().labels
QUICK = {
    "batch_clips": 4,
    "micro_batch_clips": 1,
    "precision": "fp32",
    "learning_rate": 1e-2,
    "gradient_checkpointing": False,
    "loader_workers": 0,
    "checkpoint_every_steps": 2,
    "validation_fraction": 0.0,
    "lora": {"rank": 4, "alpha": 8, "dropout": 0.0},
}


def draw_shards(folder, clips=24, films=3, frames=4, pixels=28):
    """Write shards of clips whose colour follows their label, and return reader and labels."""
    rng = np.random.default_rng(3)
    labels = {}
    for film in range(films):
        with ShardWriter(folder, f"film{film}") as writer:
            for number in range(clips // films):
                clip_id = f"film{film}-{number:03d}"
                labels[clip_id] = KINDS[(film + number) % len(KINDS)]
                plain = np.full((pixels, pixels, 3), COLOURS[labels[clip_id]])
                noise = rng.integers(-15, 15, (frames, pixels, pixels, 3))
                pictures = list(np.clip(plain + noise, 0, 255).astype(np.uint8))
                times = [0.5 + number for number in range(frames)]
                sound = rng.normal(0, 0.05, frames * 16_000).astype(np.float32)
                writer.add(ClipData(clip_id, pictures, times, sound, 16_000))
    return ShardReader(folder), labels


def write_rows(labels):
    """Return the examples of clips: the label, and why."""
    rows = []
    for clip_id, label in labels.items():
        asked = f'<video>The words are "{WORDS[label]}". Choose one of: {", ".join(LABELS)}.'
        answer = f"{label}\nSo the words say: {WORDS[label]}"
        turns = [{"role": "user", "content": asked}, {"role": "assistant", "content": answer}]
        rows.append({"clip_id": clip_id, "messages": turns})
    return rows


def save_checkpoint(folder):
    """Write the tiny InternVL as a checkpoint folder, and return its place."""
    chosen = options()
    model, processor = open_family(chosen).load(chosen.checkpoint, chosen)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return str(folder)


def options(launcher=None, checkpoint="tiny:internvl", **training):
    """Return the options of a tiny InternVL on the processor."""
    tuning = {**QUICK, "launcher": launcher or {"kind": "none"}, **training}
    return MultimodalOptions(
        checkpoint=checkpoint, device="cpu", frames=4, frame_pixels=28, training=tuning
    )
