"""Tests over all storeys, and what they share."""
