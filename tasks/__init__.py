"""What touches disk, database or network, one step each."""
