"""The version of this package, which is the same as that of the control plane."""

__version__ = "0.1.0"
