"""The first minutes: a guided start in an empty store, and a tour of the demo company."""
