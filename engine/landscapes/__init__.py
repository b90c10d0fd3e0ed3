"""Surfaces on which optimizers can race, one file each."""
