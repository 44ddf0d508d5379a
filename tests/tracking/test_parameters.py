from libra_emo.tracking.parameters import flatten_parameters


def test_parameters_are_flat_short_and_hold_no_secret_and_no_place():
    flat = flatten_parameters(
        {
            "voters": [
                {"name": "x", "api_key": "sk-1", "api_base": "https://me:pw@host:1/v1?token=z"}
            ],
            "password": "p",
            "sets": ["V", "A"],
            "path": "/home/me/models/big",
            "long": "x" * 9000,
        }
    )
    assert flat == {
        "voters.0.name": "x",
        "voters.0.api_base": "https://host:1/v1",
        "sets": '["V", "A"]',
        "path": "big",
        "long": "x" * 5900,
    }
