"""What can be done with a record by key, a noun a module; lists, boards and single records share it."""
