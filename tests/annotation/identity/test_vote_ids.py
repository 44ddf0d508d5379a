from hypothesis import given
from hypothesis import strategies as st

from libra_emo.annotation.identity.vote_ids import VoteIds

ROWS = st.lists(
    st.tuples(
        *(st.sampled_from(["a", "b", "a\0b"]) for _ in range(4)),
        st.sampled_from([None, "2025-01-01"]),
    ),
    max_size=8,
)


@given(ROWS)
def test_rows_of_one_file_never_share_an_id_and_a_second_reading_gives_the_same(rows):
    first, second = VoteIds(), VoteIds()
    given_ids = [first.give(*row) for row in rows]
    assert len(set(given_ids)) == len(rows)
    assert [second.give(*row) for row in rows] == given_ids
