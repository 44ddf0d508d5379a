import cv2
import face_recognition
import numpy as np
import pytest

from libra_emo.sample import ActedOptions
from libra_emo.sample.actors import HAIRS, LONG_HAIR, SHORT_HAIR, SKINS, draw_actor
from libra_emo.sample.faces import Face

ACTED = ActedOptions()


def make_actor(name="anybody", place=0):
    return draw_actor(11, name, place, ACTED, ACTED)


def draw(actor, units=None, turn=(0.0, 0.0)):
    canvas, cover = Face(actor).draw(units or {}, (0.0, 0.0), turn)
    place = np.full(canvas.shape, (150, 130, 90), np.uint8)
    picture = (canvas * cover[..., None] + place * (1 - cover[..., None])).astype(np.uint8)
    wide = cv2.copyMakeBorder(picture, 20, 20, 80, 80, cv2.BORDER_REPLICATE)
    return np.ascontiguousarray(wide[..., ::-1])


def landmarks(picture):
    (found,) = face_recognition.face_landmarks(picture)
    return {name: np.array(points, float) for name, points in found.items()}


@pytest.mark.parametrize("number", range(8))
def test_every_actor_has_a_face_that_is_detected(number):
    picture = draw(make_actor(f"actor {number}", number % 4))
    assert len(face_recognition.face_locations(picture)) == 1


def test_actors_differ():
    actors = [make_actor(f"actor {number}", number % 4) for number in range(60)]
    assert {actor.skin for actor in actors} == set(SKINS)
    assert {actor.hair for actor in actors} == set(HAIRS)
    assert {actor.hair_style for actor in actors} == {*SHORT_HAIR, *LONG_HAIR}
    assert {actor.glasses for actor in actors} == {actor.beard for actor in actors} == {True, False}
    assert len({actor.base_hertz for actor in actors}) == 60


def test_every_expression_is_a_face_and_differs_from_the_calm_one(taxonomy, tables):
    actor = make_actor()
    calm = draw(actor).astype(int)
    for label in taxonomy.labels:
        for way in tables.faces[label]:
            picture = draw(actor, way)
            assert len(face_recognition.face_locations(picture)) == 1, (label, way)
            if any(way.get(name) for name in way if name not in ("motion", "head_tilt_degrees")):
                assert np.abs(picture.astype(int) - calm).max() > 40, (label, way)


def geometry(actor, units=None):
    """Return brow height, eye opening, mouth width and height, in pixels, from the landmarks."""
    face = landmarks(draw(actor, units))
    eyes = np.concatenate([face["left_eye"], face["right_eye"]])
    brows = np.concatenate([face["left_eyebrow"], face["right_eyebrow"]])
    return np.array(
        [
            eyes[:, 1].mean() - brows[:, 1].mean(),
            np.ptp(face["left_eye"][:, 1]) + np.ptp(face["right_eye"][:, 1]),
            np.ptp(face["top_lip"][:, 0]),
            face["bottom_lip"][:, 1].max() - face["top_lip"][:, 1].min(),
        ]
    )


@pytest.mark.parametrize(
    ("units", "place", "least"),
    [
        ({"inner_brow_raise": 1.0, "outer_brow_raise": 1.0}, 0, 2.0),
        ({"brow_lower": 1.0}, 0, -2.0),
        ({"upper_lid_raise": 1.0}, 1, 2.0),
        ({"eyes_closed": 1.0}, 1, -5.0),
        ({"lip_corner_pull": 1.0}, 2, 6.0),
        ({"lip_corner_depress": 1.0}, 2, -3.0),
        ({"jaw_drop": 1.0}, 3, 12.0),
        ({"lip_press": 1.0}, 3, -2.0),
    ],
)
def test_landmarks_follow_the_action_units(units, place, least):
    actors = [make_actor(f"actor {number}", number % 4) for number in range(6)]
    change = np.mean([geometry(actor, units)[place] - geometry(actor)[place] for actor in actors])
    assert change / least > 1
