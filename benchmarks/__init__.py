"""What sfa is fast at, as ratios against a peer in the same run. See README.md."""
