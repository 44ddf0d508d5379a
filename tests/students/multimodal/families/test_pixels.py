"""Pixels travel as bytes and are scaled on the device, with the same numbers to the last bit."""

import numpy as np
import pytest
import torch

from libra_emo.students.multimodal.examples import Example
from libra_emo.students.multimodal.families import open_family
from libra_emo.students.multimodal.families.pixels import NAMES, PixelScale, read_scale
from libra_emo.students.options.multimodal import MultimodalOptions


@pytest.fixture(scope="module", params=["internvl", "qwen2_5_vl", "qwen2_5_omni", "image_text"])
def loaded(request):
    options = MultimodalOptions(
        checkpoint=f"tiny:{request.param}", device="cpu", frames=4, frame_pixels=56
    )
    family = open_family(options)
    return (family, *family.load(options.checkpoint, options))


def draw():
    frames = np.random.default_rng(1).integers(0, 256, (4, 56, 56, 3), dtype=np.uint8)
    return Example("film-1", list(frames), 4.0, None, 16_000, "Which emotion?")


def test_frames_are_bytes_until_the_model_takes_them(loaded):
    family, model, processor = loaded
    encoded = family.encode(processor, draw(), None)
    pixels = [value for name, value in encoded.clip_inputs.items() if name in NAMES]
    assert [value.dtype for value in pixels] == [torch.uint8]
    scale, family.scale = family.scale, None
    try:
        before = family.encode(processor, draw(), None)
    finally:
        family.scale = scale
    (name,) = [name for name in before.clip_inputs if name in NAMES]
    assert before.clip_inputs[name].dtype == torch.float32
    assert torch.equal(scale.normalise(encoded.clip_inputs[name]), before.clip_inputs[name])
    with torch.no_grad():
        bytes_in, numbers_in = (
            model(**{k: v for k, v in family.collate([each]).items() if k != "labels"}).logits
            for each in (encoded, before)
        )
    assert torch.equal(bytes_in, numbers_in)


def test_channels_of_patches_and_of_pictures_are_scaled_alike():
    scale = PixelScale((10.0, 20.0, 30.0), (1.0, 2.0, 5.0))
    picture = torch.tensor([11, 24, 40], dtype=torch.uint8).view(1, 3, 1, 1).expand(2, 3, 4, 4)
    wanted = torch.tensor([1.0, 2.0, 2.0])
    assert torch.equal(scale.normalise(picture)[1, :, 3, 2], wanted)
    patches = picture.flatten(1)
    assert torch.equal(scale.normalise(patches), scale.normalise(picture).flatten(1))


def test_a_processor_that_scales_otherwise_keeps_its_numbers():
    class Part:
        do_rescale, do_normalize, rescale_factor = True, False, 1 / 255
        image_mean = image_std = (0.5, 0.5, 0.5)

    class Processor:
        image_processor = Part

    assert read_scale(Processor()) is None
    Part.do_normalize = True
    assert read_scale(Processor()).mean == pytest.approx((127.5,) * 3)
