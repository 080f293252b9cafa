"""From what oracles found to what a report says: the clauses that it announces, the judgements, the failures."""
