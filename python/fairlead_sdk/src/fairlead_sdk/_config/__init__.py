"""Judges the configuration of a cluster environment before a byte of it is sent."""
