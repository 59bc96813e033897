"""The version of this package; the control plane has the same."""

__version__ = "0.1.0"
