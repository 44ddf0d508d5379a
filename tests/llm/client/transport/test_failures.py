import pickle

from pydantic import SecretStr

from libra_emo.llm.client.transport.failures import CallFailed, clean_message


def test_keys_are_taken_out_of_messages() -> None:
    message = clean_message(
        "litellm.AuthenticationError: OpenAIException - bad key abc123 at "
        "http://me:pw@host/v1?key=AIzaSecret99 with sk-proj-1234567890",
        SecretStr("abc123"),
    )
    assert message.startswith("bad key … at http://…host/v1?key=…")
    for secret in ("abc123", "pw", "AIza", "1234567890"):
        assert secret not in message


def test_a_failure_comes_whole_from_another_process() -> None:
    failed = pickle.loads(pickle.dumps(CallFailed("message", "slow_down", False, 2.0)))
    assert (str(failed), failed.kind, failed.billed, failed.wait_s) == (
        "message", "slow_down", False, 2.0,
    )  # fmt: skip
