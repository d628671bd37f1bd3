"""Use cases that change data. They take a session first, never commit, print, translate or read the clock."""
