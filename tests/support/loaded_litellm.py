"""litellm, loaded once for all runs that start from here."""

from libra_emo.llm.client.calls import load_litellm

load_litellm()
