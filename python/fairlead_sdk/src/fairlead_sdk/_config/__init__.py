"""Checks the configuration of a cluster environment before any of it is sent."""
