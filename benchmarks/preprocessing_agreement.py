"""The agreement of our face detection with the plain way: by frame, and by clip."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

MIN_RATIO = 0.99


Results = dict[tuple[int, int], list[bool]]


def compare_films(
    films: list[Path], folder: Path, seconds: float, known: dict[Path, Results]
) -> None:
    """Detect faces in both ways in each scene of suitable length, and store the results.

    A film with stored results is skipped. Subtitles are ignored, so that there are more scenes.

    Args:
        films: Films to compare.
        folder: Folder for the results of each film.
        seconds: Time after which no further film is started.
        known: Film → known results of the plain way for its scenes (start and end in ms).
    """
    folder.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    for film in films:
        path = folder / f"{film.name}.json"
        if path.exists():
            continue
        if time.monotonic() - begun > seconds:
            print("some films are left: run this part again")
            return
        path.write_text(json.dumps(_compare(film, known.get(film, {}))))
        print(film.name, flush=True)


def measure_agreement(folder: Path) -> dict[str, Any]:
    """Return the figures of all films that were compared."""
    scenes = [
        (path.name, *scene)
        for path in sorted(folder.glob("*.json"))
        for scene in json.loads(path.read_text())
    ]
    pairs = [(one, two) for *_, plain, ours in scenes for one, two in zip(plain, ours, strict=True)]
    kept = [(_keeps(plain), _keeps(ours)) for *_, plain, ours in scenes]
    return {
        "films": len({name for name, *_ in scenes}),
        "clips": len(kept),
        "clips kept by both": kept.count((True, True)),
        "clips kept by neither": kept.count((False, False)),
        "clips kept by ours alone": kept.count((False, True)),
        "clips kept by the plain way alone": kept.count((True, False)),
        "clips decided alike": _share(kept),
        "frames": len(pairs),
        "frames with a face for ours alone": pairs.count(("0", "1")),
        "frames with a face for the plain way alone": pairs.count(("1", "0")),
        "frames with equal results": _share(pairs),
        "clips that differ": [
            (name, start, end, plain, ours)
            for name, start, end, plain, ours in scenes
            if _keeps(plain) != _keeps(ours)
        ],
    }


def _compare(film: Path, known: Results) -> list[tuple[int, int, str, str]]:
    """Return start, end, and the results of the plain way and of ours for each scene."""
    from libra_emo.media.faces.detection import SMALL_SIDES, FaceFinder, load_face_recognition
    from libra_emo.media.films.clip_ledger import reject_by_length
    from libra_emo.media.options import PreprocessingOptions
    from libra_emo.media.video.frames import FilmReader
    from libra_emo.media.video.sampling import sample_scenes

    tool, finder = load_face_recognition(), FaceFinder(small_sides=SMALL_SIDES)
    options = PreprocessingOptions()
    rows = []
    with FilmReader(film) as reader:
        for scene, frames in sample_scenes(reader, options):
            if reject_by_length(scene, options) is not None:
                continue
            finder.reset()
            pictures = [frame.to_array() for frame in frames]
            plain = known.get((scene.start_ms, scene.end_ms))
            if plain is None or len(plain) != len(pictures):
                plain = [bool(tool.face_locations(picture)) for picture in pictures]
            ours = [bool(finder.find(picture)) for picture in pictures]
            rows.append((scene.start_ms, scene.end_ms, _format(plain), _format(ours)))
    return rows


def _format(results: list[bool]) -> str:
    return "".join(str(int(result)) for result in results)


def _keeps(results: str) -> bool:
    return results.count("1") > MIN_RATIO * len(results)


def _share(pairs: list[Any]) -> float:
    return sum(one == two for one, two in pairs) / max(1, len(pairs))
