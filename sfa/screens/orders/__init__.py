"""Orders in the app: their list and board, one in full, and what is asked for by key."""
