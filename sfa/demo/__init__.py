"""The demo company: a believable year of sales, invented from a seed, written through the services."""
