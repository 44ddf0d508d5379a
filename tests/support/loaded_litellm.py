"""litellm, loaded once for all runs that start from here."""

from libra_emo.llm.client.transport.calls import load_litellm

load_litellm()
