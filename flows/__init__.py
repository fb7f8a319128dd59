"""What runs when: the ingest flow, its schedule and the command line."""
