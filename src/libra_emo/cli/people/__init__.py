"""Commands around people: annotators, campaigns, queues and votes."""
