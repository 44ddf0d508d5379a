"""Saved multimodal students with drawn low-rank matrices, without a training."""

import torch

from libra_emo.students.calibration import Calibration
from libra_emo.students.multimodal import storage
from libra_emo.students.multimodal.families import open_family
from libra_emo.students.multimodal.inference.fold_models import FoldModels, SavedWeights
from libra_emo.students.multimodal.training.trainable_weights import prepare_model
from libra_emo.students.options import TrainingOptions
from libra_emo.taxonomy import read_taxonomy


def training_of(checkpoint, rank=4):
    """Return the options of a training on the processor."""
    tuning = {"precision": "fp32", "lora": {"rank": rank, "alpha": 8, "dropout": 0.0}}
    multimodal = {
        "checkpoint": checkpoint,
        "device": "cpu",
        "frames": 4,
        "frame_pixels": 28,
        "training": tuning,
    }
    return TrainingOptions(modalities="VT", multimodal=multimodal)


def draw_adapter(training, folder, seed=3):
    """Write low-rank matrices with drawn values, and return their folder."""
    options = training.multimodal
    family = open_family(options)
    model, processor = family.load(options.checkpoint, options)
    model = prepare_model(model, family, options)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in model.parameters():
            if weight.requires_grad:
                weight.copy_(torch.randn(weight.shape, generator=generator) * 0.3)
    model.save_pretrained(folder)
    if not options.training.lora.rank:
        processor.save_pretrained(folder)
    return folder


def save_student(folder, checkpoint="tiny:internvl", rank=4):
    """Write a student's folder as a training leaves it, and return its options."""
    training = training_of(checkpoint, rank)
    drawn = draw_adapter(training, folder.with_name(f"{folder.name}-weights") / "last")
    card = {
        "kind": "multimodal",
        "modalities": "VT",
        "explained": True,
        "prompt": training.prompt_file.read_text(encoding="utf-8"),
        "fold_of": {},
        "calibration": Calibration(reason="drawn").model_dump(),
        "options": training.model_dump(mode="json"),
        "taxonomy": read_taxonomy().model_dump(mode="json"),
    }
    storage.write_student(card, FoldModels(SavedWeights(drawn.parent, "last"), [], {}), folder)
    return training
