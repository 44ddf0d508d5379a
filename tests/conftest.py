"""Settings of all tests."""

from hypothesis import settings

# how long an example takes tells of the machine's other work, not of the code
settings.register_profile("libra_emo", deadline=None)
settings.load_profile("libra_emo")
