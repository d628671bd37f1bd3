"""Full-text search: from what was typed to a match of the index, to ranked and marked hits."""
