"""A small release, built of tables and files that are made here: four films, one of each kind."""

import struct
from dataclasses import dataclass, field

import pandas as pd

from libra_emo.publication.building import ReleaseParts, build_release
from libra_emo.publication.checking.traces import Traces
from libra_emo.publication.options import PublicationOptions
from libra_emo.publication.release.agents import tabulate_votes
from libra_emo.publication.release.films import list_films
from libra_emo.publication.release.tables import RunTables, tabulate
from libra_emo.schemas import (
    BenchPredictions,
    Candidates,
    Dropped,
    Explanations,
    HumanVotes,
    LabelChanges,
    LicenceReadings,
    MachineVotes,
    RoundLabels,
    SoftLabels,
    Sources,
    Split,
    check,
    empty,
)
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()
LABELS = ("happy", "sad", "angry")
CLIPS = 6  # of each film
# film, side of the split, licence, address
FILMS = (
    ("own-00000001", "pool", "CC0-1.0", "https://www.youtube.com/watch?v=AAAAAAAAAA1"),
    ("bench-00000002", "bench", "Creative Commons Attribution license (reuse allowed)", None),
    ("whole-00000003", "pool", "CC-BY-ND-4.0", "https://vimeo.com/1234567"),
    ("asked-00000004", "bench", None, "https://films.example.org/asked.mp4"),
)
PSEUDONYMS = {"Ana Quillfeather": "annotator-0011223344", "Ben": "annotator-5566778899"}


def box(kind, content=b""):
    return struct.pack(">I4s", 8 + len(content), kind) + content


def make_mp4(text=b"", brand=b"isom"):
    """Boxes of an MP4 file with a title, as far as nobody decodes it."""
    handler = box(b"hdlr", bytes(8) + b"vide" + bytes(12) + b"VideoHandler" + text + b"\0")
    track = box(b"trak", box(b"tkhd", bytes(84)) + box(b"mdia", handler))
    tags = box(b"udta", box(b"meta", bytes(4) + text)) if text else b""
    moov = box(b"moov", box(b"mvhd", bytes(100)) + track + tags)
    return box(b"ftyp", brand + bytes(4)) + moov + box(b"mdat", b"picture and sound" * 3)


def make_flac(text=b""):
    """A FLAC file with the description of its stream and a comment, without frames of sound."""
    comment = bytes([0x84]) + len(text).to_bytes(3, "big") + text
    stream = bytes([0x00]) + (34).to_bytes(3, "big") + bytes(34)
    return b"fLaC" + stream + comment + b"\xff\xf8sound"


@dataclass(frozen=True)
class MadeFiles:
    """Files of clips that hold a text where no player looks."""

    text: bytes = b"made by Ana Quillfeather in /home/ana/films"

    def video(self, clip_id):
        return make_mp4(self.text + clip_id.encode())

    def audio(self, clip_id):
        return make_flac(self.text + clip_id.encode())


@dataclass
class World:
    """Tables of a run by their catalog names; a test changes what it is about."""

    sources: pd.DataFrame
    split: pd.DataFrame
    candidates: pd.DataFrame
    human_votes: pd.DataFrame
    machine_votes: pd.DataFrame
    run: dict
    readings: pd.DataFrame = field(default_factory=lambda: empty(LicenceReadings))
    certificate: dict = field(default_factory=dict)

    def parts(self):
        films, held = list_films(self.sources, self.split, self.readings)
        votes = tabulate_votes(self.human_votes, self.machine_votes, PSEUDONYMS)
        tables = tabulate(RunTables(candidates=self.candidates, **self.run), votes, films)
        return ReleaseParts(tables, held, self.certificate, TAXONOMY)

    def build(self, folder, files=None, traces=None, **options):
        names = tuple(PSEUDONYMS) if traces is None else ()
        return build_release(
            self.parts(),
            files or MadeFiles(),
            PublicationOptions(**options),
            traces or Traces(names=names, secrets=("a-secret-of-this-machine",)),
            folder,
        )


def make_world():
    candidates = check(pd.DataFrame(list(_clips())), Candidates)
    bench = candidates["source_id"].isin([film for film, side, *_ in FILMS if side == "bench"])
    own = ("clip_id", "label", "origin", "support", "votes", "round")
    labels = candidates.assign(
        label=[LABELS[n % 3] for n in range(len(candidates))], origin="people", support=2
    ).assign(votes=4, round=1)[list(own)]
    pool = check(labels[~bench].reset_index(drop=True), RoundLabels)
    test = check(labels[bench].reset_index(drop=True), RoundLabels)
    before = pool.assign(label=["happy"] * len(pool), round=0)
    soft = pd.DataFrame({f"p_{name}": (pool["label"] == name) * 1.0 for name in TAXONOMY.labels})
    run = {
        "rounds": (before, pool),
        "labels": pool,
        "bench_labels": test,
        "soft_labels": check(soft.assign(clip_id=pool["clip_id"]), SoftLabels),
        "label_history": _changes(pool),
        "dropped": {"bench": empty(Dropped), "round_1": empty(Dropped)},
        "explanations": _explain(pool),
        "bench_predictions": _predict(test, candidates),
    }
    reason = {"annotators": "people", "certificate": None, "reason": "no audit", "round": 1}
    return World(
        check(pd.DataFrame(list(_sources())), Sources),
        check(pd.DataFrame([_side(*film[:2]) for film in FILMS]), Split),
        candidates,
        _people(labels),
        _machines(labels),
        run,
        certificate={**reason, "repeated": 0},
    )


def digest(film):
    return film[-1] * 64


def _sources():
    for film, _, licence, url in FILMS:
        facts = {"title": f"Film {film}", "author": "A. Author", "theme": "drama", "language": "en"}
        technical = {"duration_s": 60.0, "width": 480, "height": 270, "fps": 12.0}
        places = {"video_path": f"/home/ana/films/{film}.mkv", "subtitle_path": None}
        known = {"source_id": film, "sha256": digest(film), "license": licence, "url": url}
        yield {**known, **places, **technical, **facts}


def _side(film, side):
    return {"sha256": digest(film), "source_id": film, "side": side, "since": 1}


def _clips():
    for film, *_ in FILMS:
        for number in range(CLIPS):
            start = 5.0 * number
            yield {
                "clip_id": f"{film}-{round(start * 1000):08d}-{round(start * 1000) + 4000:08d}",
                "source_id": film,
                **{"start_s": start, "end_s": start + 4.0, "duration_s": 4.0},
                **{"subtitle": f"What Ben says, {number}.", "language": "en"},
                **{"frames_sampled": 12, "frames_with_face": 12, "face_ratio": 1.0},
                "clip_path": f"/home/ana/data/{film}-{number}.mp4",
            }


def _people(labels):
    rows = []
    for number, clip in enumerate(labels.to_dict("records")):
        for place, name in enumerate(PSEUDONYMS):
            answer = LABELS[(number + place * (number % 2)) % 3]
            vote = {"clip_id": clip["clip_id"], "annotator": name, "label": answer}
            times = {"voted_at": "2026-11-01T10:00:00", "seconds": 4.5}
            rows.append({"campaign": "bench", **vote, **times})
    return check(pd.DataFrame(rows), HumanVotes)


def _machines(labels):
    rows = [
        {"clip_id": clip, "voter": "face", "label": label, "status": "ok", "explanation": None}
        | dict.fromkeys(("reply", "prompt_tokens", "completion_tokens", "cost_usd", "seconds"))
        for clip, label in zip(labels["clip_id"], labels["label"], strict=True)
    ]
    return check(pd.DataFrame(rows), MachineVotes)


def _changes(pool):
    rows = pool[pool["label"] != "happy"]
    table = pd.DataFrame({"clip_id": rows["clip_id"], "round": 1, "old_label": "happy"})
    table = table.assign(new_label=rows["label"], reason="votes", decided_by="people")
    return check(table, LabelChanges)


def _explain(pool):
    table = pool[["clip_id", "label"]].assign(explanation="It shows.", writer="cues", status="ok")
    return check(table, Explanations)


def _predict(test, candidates):
    films = candidates.set_index("clip_id")["source_id"]
    table = pd.DataFrame({"model": "student", "modalities": "VAT", "clip_id": test["clip_id"]})
    table = table.assign(
        source_id=test["clip_id"].map(films), truth=test["label"], predicted=["happy"] * len(test)
    )
    return check(table, BenchPredictions)
