import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.students.multimodal.augmentation import Look, apply_look, draw_look
from libra_emo.students.multimodal.options import AugmentOptions

OPTIONS = AugmentOptions()
PLAIN = Look(flip=False, brightness=1.0, contrast=1.0, saturation=1.0, hue=0.0)
RNG = np.random.default_rng(0)
FRAMES = list(RNG.integers(60, 180, (3, 8, 10, 3)).astype(np.uint8))


@given(st.integers(0, 2**32), st.integers(0, 50), st.text(min_size=1, max_size=8))
def test_a_look_follows_from_seed_epoch_and_clip_and_keeps_within_limits(seed, epoch, clip_id):
    look = draw_look(OPTIONS, seed, epoch, clip_id)
    assert look == draw_look(OPTIONS, seed, epoch, clip_id)
    assert 0.8 <= look.brightness <= 1.2
    assert 0.8 <= look.contrast <= 1.2
    assert 0.8 <= look.saturation <= 1.2
    assert -0.02 <= look.hue <= 0.02


def test_seed_epoch_and_clip_each_matter_and_half_are_mirrored():
    looks = {
        draw_look(OPTIONS, *place) for place in [(1, 0, "a"), (2, 0, "a"), (1, 1, "a"), (1, 0, "b")]
    }
    assert len(looks) == 4
    mirrored = sum(draw_look(OPTIONS, 1, 0, f"clip{n}").flip for n in range(1000))
    assert 440 < mirrored < 560


def test_a_plain_look_changes_nothing_and_a_flip_only_mirrors():
    np.testing.assert_array_equal(apply_look(FRAMES, PLAIN), FRAMES)
    flipped = apply_look(FRAMES, Look(True, 1.0, 1.0, 1.0, 0.0))
    np.testing.assert_array_equal(flipped, [frame[:, ::-1] for frame in FRAMES])


def test_all_frames_of_a_clip_change_alike():
    same = [FRAMES[0]] * 4
    changed = apply_look(same, draw_look(OPTIONS, 3, 2, "x"))
    assert all((frame == changed[0]).all() for frame in changed)
    assert not np.array_equal(changed[0], FRAMES[0])


def test_brightness_contrast_and_saturation_do_what_they_say():
    mean = np.mean(FRAMES)
    assert abs(np.mean(apply_look(FRAMES, Look(False, 1.2, 1.0, 1.0, 0.0))) - 1.2 * mean) < 1
    flat = apply_look(FRAMES, Look(False, 1.0, 0.5, 1.0, 0.0))
    assert abs(np.mean(flat) - mean) < 1
    assert abs(np.std(flat) - 0.5 * np.std(FRAMES)) < 1
    grey = apply_look(FRAMES, Look(False, 1.0, 1.0, 0.0, 0.0))
    assert np.ptp(np.array(grey), axis=-1).max() <= 1


def test_hue_turns_around_the_circle():
    red = [np.full((4, 4, 3), (200, 0, 0), np.uint8)]
    turned = apply_look(red, Look(False, 1.0, 1.0, 1.0, 1 / 3))[0][0, 0]
    assert turned[1] > 190 > 20 > max(turned[0], turned[2])
