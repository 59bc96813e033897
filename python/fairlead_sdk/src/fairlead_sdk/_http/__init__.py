"""Performs what is decided: the only modules that use the network."""
