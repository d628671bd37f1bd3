"""Editing the lines of a quote: a grid for the keyboard, what is typed into it, saved and kept."""
