import base64
import json
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from libra_emo.common.secrecy.hiding import hide_secrets, list_environment_secrets

SECRETS = st.text(st.sampled_from("qzQZ0189-_./+=$密"), min_size=8, max_size=40)
FORMS = (
    lambda secret: secret,
    lambda secret: secret[:-1],
    lambda secret: f"{secret[: len(secret) - 2]}****",
    lambda secret: quote(secret, safe=""),
    lambda secret: json.dumps(secret),
    lambda secret: "Basic " + base64.b64encode(f"user:{secret}".encode()).decode(),
)


@given(SECRETS, st.sampled_from(FORMS), st.text("abc ", max_size=9), st.text("abc ", max_size=9))
def test_no_part_of_a_secret_is_left(secret, form, before, after):
    told = form(secret)
    hidden = hide_secrets(f"{before}{told}{after}", [secret])
    assert told not in hidden
    for start in range(len(secret) - 5):
        assert secret[start : start + 6] not in hidden
    assert hidden.startswith(before.rstrip()[:1])


def test_rest_of_a_text_stays():
    text = "the model gemma-3 is not known to key=qwertyuiop123, ask for gemma-2"
    assert (
        hide_secrets(text, ["qwertyuiop123"])
        == "the model gemma-3 is not known to key=…, ask for gemma-2"
    )
    assert hide_secrets(text, []) == text
    assert hide_secrets("", ["qwertyuiop123"]) == ""


def test_secrets_of_the_environment_are_known_by_their_names():
    environment = {
        "PWD": "/home/a/long/folder",
        "OPENAI_API_KEY": "plain-words-as-key",
        "GOOGLE_APPLICATION_CREDENTIALS": "/home/ann/key.json",
        "MLFLOW_TRACKING_PASSWORD": "hunter2hunter2",
        "STORE": "postgresql://ann:pa/ss@word1@db/votes",
        "LANG": "en_GB.UTF-8",
        "EMPTY_TOKEN": "",
    }
    assert list_environment_secrets(environment) == [
        "plain-words-as-key",
        "hunter2hunter2",
        "pa/ss@word1",
    ]
