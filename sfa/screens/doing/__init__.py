"""What screens ask services to do, a noun a module: each function gives what the gateway performs.

The services are imported when the change runs, in the writer's thread: the first screen
is drawn without the models.
"""
