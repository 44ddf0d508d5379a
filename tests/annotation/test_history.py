import pandas as pd
from support.ballots import ballots, dated

from libra_emo.annotation.history import make_rows

MOMENT = "2025-03-01T12:00:00.000000+00:00"


def ids(table: pd.DataFrame) -> list[str]:
    return [row["vote_id"] for row in make_rows(table, str, MOMENT)]


def test_the_same_rows_have_the_same_ids_and_repeated_rows_have_their_own():
    votes = ballots("x", c="sad happy sad").assign(annotator="anna")
    assert len(set(ids(votes))) == 3
    assert ids(votes) == ids(votes)
    longer = pd.concat([votes, ballots("x", c="angry")])
    assert ids(longer)[:3] == ids(votes)


def test_campaign_clip_annotator_answer_and_the_senders_time_make_the_id():
    vote = ballots("x", c="sad")
    others = [
        ballots("y", c="sad"),
        ballots("x", d="sad"),
        vote.assign(annotator="ben"),
        ballots("x", c="happy"),
        dated(vote, MOMENT),
    ]
    assert len({ids(table)[0] for table in [vote, *others]}) == 6
    assert ids(vote.assign(seconds=3.0)) == ids(vote)


def test_an_id_that_the_sender_gave_is_kept():
    assert ids(ballots("x", c="sad").assign(vote_id="from the browser")) == ["from the browser"]


def test_a_new_name_of_the_film_leaves_the_id():
    old = ballots("x", **{"film-1a2b3c4d-00012000-00016500": "sad"})
    new = ballots("x", **{"other-film-1a2b3c4d-00012000-00016500": "sad"})
    assert ids(old) == ids(new)
