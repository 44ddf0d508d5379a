from hypothesis import given
from hypothesis import strategies as st

from libra_emo.media.video.decoding import Frame
from libra_emo.media.video.picking import FramePicker


@given(
    st.lists(st.integers(0, 1000), min_size=1, max_size=20, unique=True).map(sorted),
    st.lists(st.integers(0, 1000), max_size=20).map(sorted),
)
def test_picked_is_the_frame_shown_at_each_time(frame_times, times):
    picker = FramePicker([float(time) for time in times])
    for time in frame_times:
        picker.push(Frame(time, None, None))
    picked = [frame.time_ms for frame in picker.finish()]
    # one millisecond late counts as in time, since times are rounded
    wanted = [max([f for f in frame_times if f <= t + 1], default=frame_times[0]) for t in times]
    assert picked == wanted
