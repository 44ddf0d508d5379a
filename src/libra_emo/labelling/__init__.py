"""What a label is worth: posteriors, query strategies, audits, and certificates of the labels.

The modules, from the ground up:

- `votes`, `aggregation`: votes as arrays; majority and Dawid-Skene.
- `machines`, `people`, `posterior`: what voters, student and people say about a clip together.
- `query_strategies`, `labels`: whom to ask next; labels, soft labels, and their history.
- `audit`, `spending`, `estimation`, `certificate`: the error of the released labels.
- `power`: how many clips, people, hours, and how much money that takes.
"""
