from pathlib import Path

import pytest
from support.llm_clips import clip_names, make_shards
from support.llm_questions import ask, model_settings, questions
from support.openai_server import KEY, Arrived, Behaviour, serving

from libra_emo.llm.client.settings import Tally
from libra_emo.llm.ledger.ledger import Ledger, Money
from libra_emo.llm.request.prompts import Prompt
from libra_emo.media.shards import ShardReader


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> ShardReader:
    return make_shards(tmp_path_factory.mktemp("shards"), 24)


def by_clip(kinds: dict[int, list[Behaviour]]) -> tuple[object, dict[str, int]]:
    """Return a plan that misbehaves for some clips, in turn, and then answers."""
    turns: dict[str, int] = {}

    def plan(number: int, arrived: Arrived) -> Behaviour:
        clip = arrived.user.split()[3].rstrip(".")
        turns[clip] = turns.get(clip, 0) + 1
        behaviours = kinds.get(clip_names(24).index(clip), [])
        return behaviours[turns[clip] - 1] if turns[clip] <= len(behaviours) else Behaviour()

    return plan, turns


def status(number: int, message: str = "no", **headers: str) -> Behaviour:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return Behaviour("status", status=number, error={"message": message}, headers=sent)


def test_what_is_sent_is_what_should_be(tmp_path: Path, source: ShardReader) -> None:
    with serving() as server:
        settings = model_settings(server.url)
        tally = ask(tmp_path / "a.sqlite", [(settings, questions(source, settings, 20))])["one"]
        assert (tally.answered, tally.known, tally.failed, tally.stopped) == (20, 0, 0, None)
        assert len(server.arrived) == 20
        for arrived in server.arrived:
            assert arrived.pictures == [(96, 64)] * 16
            assert arrived.seconds_of_sound == pytest.approx(0.5)
            assert (arrived.model, arrived.key) == ("m", KEY)
            assert arrived.system == "You label clips."
            assert arrived.parameters == {"temperature": 0, "max_tokens": 60}
        subtitles = {arrived.user.split()[3].rstrip(".") for arrived in server.arrived}
        assert subtitles == set(clip_names(20))
    with Ledger(tmp_path / "a.sqlite") as ledger:
        answers = list(ledger.answers())
        assert {answer.key for answer in answers} == set(tally.keys.values())
        first = answers[0]
        assert (first.reply, first.finish) == ("sad;He lowers his head.", "stop")
        assert (first.prompt_tokens, first.completion_tokens) == (1000, 20)
        assert first.cost_usd == pytest.approx(1000 * 2e-6 + 20 * 10e-6)
        assert ledger.money("voting") == (pytest.approx(20 * 0.0022), 0, 0)


def test_only_what_is_missing_is_asked(tmp_path: Path, source: ShardReader) -> None:
    path = tmp_path / "a.sqlite"
    with serving() as server:
        settings = model_settings(server.url)

        def asked(*args: object, **more: object) -> int:
            before = len(server.arrived)
            ask(path, [(settings, questions(source, settings, *args, **more))])  # type: ignore[arg-type]
            return len(server.arrived) - before

        assert asked(8) == 8
        assert asked(8) == 0
        assert asked(10) == 2
        other = Prompt("{% block system %}x{% endblock %}{% block user %}y{% endblock %}", "y")
        assert asked(1, prompt=other) == 1
        settings = model_settings(server.url, parameters={"temperature": 1})
        assert asked(3) == 3
        settings = model_settings(server.url, model="openai/n")
        assert asked(3) == 3
        changed = make_shards(tmp_path / "changed", 3)
        raw = changed.raw

        def with_another_picture(clip_id: str) -> dict[str, bytes]:
            files = raw(clip_id)
            if clip_id == clip_names(3)[1]:
                files["07.jpg"] = files["06.jpg"]
            return files

        changed.raw = with_another_picture  # type: ignore[method-assign]
        before = len(server.arrived)
        ask(path, [(settings, questions(changed, settings, 3))])
        assert len(server.arrived) - before == 1, "one changed clip"


def test_calls_at_once_and_the_first_alone(tmp_path: Path, source: ShardReader) -> None:
    seen: list[int] = []
    with serving(latency_s=0.1) as server:

        def plan(number: int, arrived: Arrived) -> Behaviour:
            seen.append(server.in_flight)
            return Behaviour()

        server.plan = plan
        settings = model_settings(server.url, calls_at_once=5)
        ask(tmp_path / "a.sqlite", [(settings, questions(source, settings, 24))])
        assert server.times[1] - server.times[0] >= 0.1, "alone until it is answered"
        assert max(seen) == server.most_in_flight == 5


def test_every_trouble_that_passes_is_outlived(tmp_path: Path, source: ShardReader) -> None:
    plan, turns = by_clip(
        {
            1: [status(500), status(503)],
            2: [Behaviour("cut")],
            3: [Behaviour("html")],
            4: [Behaviour("half")],
            5: [Behaviour("stall")],
            6: [Behaviour("drip")],
            7: [status(429)],
        }
    )
    with serving(plan) as server:  # type: ignore[arg-type]
        settings = model_settings(server.url, timeout_s=3)
        tally = ask(tmp_path / "a.sqlite", [(settings, questions(source, settings, 10))])["one"]
        assert (tally.answered, tally.failed, tally.stopped) == (10, 0, None)
        expected = {name: 1 for name in clip_names(10)}
        for clip, count in {1: 3, 2: 2, 3: 2, 4: 2, 5: 2, 6: 2, 7: 2}.items():
            expected[clip_names(10)[clip]] = count
        assert turns == expected
    with Ledger(tmp_path / "a.sqlite") as ledger:
        money = ledger.money("voting")
        pictures_and_answer = 16 * 100 * 2e-6 + 60 * 10e-6
        page = pytest.approx(pictures_and_answer, rel=0.06)
        assert money.spent_usd - 10 * 0.0022 == page, "a page with status 200 was billed"
        assert money.lost_usd == pytest.approx(4 * pictures_and_answer, rel=0.06), "four calls"


def test_retry_after_is_honoured_by_all(tmp_path: Path, source: ShardReader) -> None:
    plan, _ = by_clip({3: [status(429, Retry_After="1")]})
    with serving(plan, latency_s=0.02) as server:  # type: ignore[arg-type]
        settings = model_settings(server.url, calls_at_once=2)
        ask(tmp_path / "a.sqlite", [(settings, questions(source, settings, 24))])
        gaps = [
            after - before for before, after in zip(server.times, server.times[1:], strict=False)
        ]
        assert 0.9 < max(gaps) < 2.5
        assert sum(gap > 0.5 for gap in gaps) == 1, "one pause, for everybody"


def test_a_hopeless_question_costs_itself_alone(tmp_path: Path, source: ShardReader) -> None:
    plan, turns = by_clip({4: [status(400, "bad picture")] * 2})
    path = tmp_path / "a.sqlite"
    with serving(plan) as server:  # type: ignore[arg-type]
        settings = model_settings(server.url)
        tally = ask(path, [(settings, questions(source, settings, 10))])["one"]
        assert (tally.answered, tally.failed, tally.stopped) == (9, 1, None)
        key = tally.keys[clip_names(10)[4]]
        with Ledger(path) as ledger:
            row = ledger.find([key])[key]
            assert (row.status, row.error, row.reply) == ("failed", "bad picture", None)
            assert ledger.money("voting").lost_usd == 0
        again = ask(path, [(settings, questions(source, settings, 10))])["one"]
        assert (again.known, again.failed) == (9, 1)
        last = ask(path, [(settings, questions(source, settings, 10))])["one"]
        assert (last.known, last.answered) == (9, 1)
        assert turns[clip_names(10)[4]] == 3


@pytest.mark.parametrize(
    ("how", "message"),
    [
        (status(401, f"Incorrect API key provided: {KEY}"), "the key is missing or wrong"),
        (status(404, "no such model"), "the model or address is not known"),
        (
            Behaviour("status", status=429, error={"message": "x", "code": "insufficient_quota"}),
            "the quota is used up",
        ),
    ],
)
def test_a_hopeless_voter_stops_after_one_call_and_the_others_go_on(
    tmp_path: Path, source: ShardReader, how: Behaviour, message: str
) -> None:
    def plan(number: int, arrived: Arrived) -> Behaviour:
        return how if arrived.model == "bad" else Behaviour()

    with serving(plan) as server:
        bad, good = (
            model_settings(server.url, "bad", model="openai/bad"),
            model_settings(server.url, "good"),
        )
        models = [(bad, questions(source, bad, 12)), (good, questions(source, good, 12))]
        tallies = ask(tmp_path / "a.sqlite", models)
        assert sum(arrived.model == "bad" for arrived in server.arrived) == 1
    assert tallies["good"].answered == 12
    assert tallies["bad"].stopped is not None and message in tallies["bad"].stopped
    for file in tmp_path.iterdir():
        if file.is_file():
            assert KEY.encode() not in file.read_bytes()
    assert KEY not in repr(bad) and KEY not in tallies["bad"].stopped


def test_questions_that_all_fail_stop_the_voter(tmp_path: Path, source: ShardReader) -> None:
    with serving(lambda number, arrived: status(400, "never")) as server:
        settings = model_settings(server.url)
        tally = ask(tmp_path / "a.sqlite", [(settings, questions(source, settings, 24))])["one"]
        assert len(server.arrived) == 20
    assert tally.stopped == "20 questions in a row failed, the last: never"


def test_progress_reports_done_and_money(tmp_path: Path, source: ShardReader) -> None:
    reports: list[tuple[str, int, float]] = []

    def report(name: str, tally: Tally, money: Money) -> None:
        reports.append((name, tally.done, money.spent_usd))

    with serving() as server:
        settings = model_settings(server.url)
        ask(
            tmp_path / "a.sqlite",
            [(settings, questions(source, settings, 6))],
            on_progress=report,
        )
    assert len(reports) == 6 and reports[-1][:2] == ("one", 6)
    assert reports[-1][2] == pytest.approx(6 * 0.0022)


def test_one_question_of_two_voters_is_asked_once(tmp_path: Path, source: ShardReader) -> None:
    with serving(latency_s=0.05) as server:
        one, two = model_settings(server.url, "one"), model_settings(server.url, "two")
        models = [(settings, questions(source, settings, 8)) for settings in (one, two)]
        tallies = ask(tmp_path / "a.sqlite", models)
        assert len(server.arrived) == 8
        assert tallies["one"].keys == tallies["two"].keys
        assert all(tally.done == 8 for tally in tallies.values())
