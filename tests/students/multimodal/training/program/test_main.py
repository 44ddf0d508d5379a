from torch._utils import ExceptionWrapper

from libra_emo.students.errors import StudentError
from libra_emo.students.multimodal.training.program.main import plain_message

TEXT = "clip film9-000: no shard in /data"


def test_an_error_of_a_loaders_process_is_one_line_too():
    assert plain_message(StudentError(TEXT)) == TEXT
    try:
        raise StudentError(TEXT)
    except StudentError:
        wrapped = ExceptionWrapper(where="in DataLoader worker process 0")
    try:
        wrapped.reraise()
    except StudentError as error:
        assert str(error).count("\n") > 2
        assert plain_message(error) == TEXT
