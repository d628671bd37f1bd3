"""The Typer command line: one file a noun. Commands ask services, reports and finders, and print."""
