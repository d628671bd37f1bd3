"""The store keeps: connections, capture, undo, migrations, backup, doctor.

``reading`` is for readers and never loads SQLModel; ``perform`` is the one way to change.
"""
