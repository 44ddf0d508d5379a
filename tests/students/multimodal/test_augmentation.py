import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.students.multimodal.augmentation import Augmentation, augment, draw_augmentation
from libra_emo.students.options import AugmentationOptions

OPTIONS = AugmentationOptions()
RNG = np.random.default_rng(0)
FRAMES = list(RNG.integers(60, 180, (3, 8, 10, 3)).astype(np.uint8))


def change(flip=False, brightness=1.0, contrast=1.0, saturation=1.0, hue=0.0):
    return Augmentation(flip, brightness, contrast, saturation, hue)


@given(st.integers(0, 2**32), st.integers(0, 50), st.text(min_size=1, max_size=8))
def test_it_follows_from_seed_epoch_and_clip_and_keeps_within_limits(seed, epoch, clip_id):
    drawn = draw_augmentation(OPTIONS, seed, epoch, clip_id)
    assert drawn == draw_augmentation(OPTIONS, seed, epoch, clip_id)
    assert 0.8 <= drawn.brightness <= 1.2
    assert 0.8 <= drawn.contrast <= 1.2
    assert 0.8 <= drawn.saturation <= 1.2
    assert -0.02 <= drawn.hue <= 0.02


def test_seed_epoch_and_clip_each_matter():
    places = [(1, 0, "a"), (2, 0, "a"), (1, 1, "a"), (1, 0, "b")]
    assert len({draw_augmentation(OPTIONS, *place) for place in places}) == 4


def test_as_many_clips_are_mirrored_as_wanted():
    for probability in (0.0, 0.25, 0.5, 1.0):
        options = AugmentationOptions(flip_probability=probability)
        drawn = [draw_augmentation(options, 1, 0, f"clip{number}") for number in range(1000)]
        assert abs(sum(one.flip for one in drawn) - 1000 * probability) < 60


def test_torchs_own_draws_are_left_alone():
    before = torch.random.get_rng_state()
    augment(FRAMES, draw_augmentation(OPTIONS, 3, 2, "x"))
    assert torch.equal(before, torch.random.get_rng_state())


def test_no_change_changes_nothing_and_a_flip_only_mirrors():
    np.testing.assert_array_equal(augment(FRAMES, change()), FRAMES)
    flipped = augment(FRAMES, change(flip=True))
    np.testing.assert_array_equal(flipped, [frame[:, ::-1] for frame in FRAMES])


def test_all_frames_of_a_clip_change_alike():
    changed = augment([FRAMES[0]] * 4, draw_augmentation(OPTIONS, 3, 2, "x"))
    assert all((frame == changed[0]).all() for frame in changed)
    assert not np.array_equal(changed[0], FRAMES[0])
    assert changed[0].dtype == np.uint8 and changed[0].shape == FRAMES[0].shape


def test_a_clip_without_frames_stays_one():
    assert augment([], change(flip=True)) == []


def test_brightness_contrast_and_saturation_do_what_they_say():
    mean = np.mean(FRAMES)
    assert abs(np.mean(augment(FRAMES, change(brightness=1.2))) - 1.2 * mean) < 1
    flat = augment(FRAMES, change(contrast=0.5))
    assert abs(np.mean(flat) - mean) < 1
    assert abs(np.std(flat) - 0.5 * np.std(FRAMES)) < 1
    grey = augment(FRAMES, change(saturation=0.0))
    assert np.ptp(np.array(grey), axis=-1).max() <= 1


def test_hue_turns_around_the_circle():
    red = [np.full((4, 4, 3), (200, 0, 0), np.uint8)]
    turned = augment(red, change(hue=1 / 3))[0][0, 0]
    assert turned[1] > 190 > 20 > max(turned[0], turned[2])
