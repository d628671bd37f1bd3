"""Dialogs: choosing from a list, confirming, typing one line."""
