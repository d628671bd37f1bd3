"""Which record: references, the filter language, lists, one record in full, search. Read-only."""
