"""The numbers that the documentation quotes, measured."""
