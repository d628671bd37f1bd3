"""A monkey at the keyboard of the app, on a real terminal: no crash, no freeze, no broken store."""
