"""Settings of all tests."""

import resource

from hypothesis import settings

# how long an example takes tells of the machine's other work, not of the code
settings.register_profile("libra_emo", deadline=None)
settings.load_profile("libra_emo")

# litellm keeps a connection to each of the many servers that tests start
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
