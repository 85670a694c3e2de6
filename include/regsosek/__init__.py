"""Regsosek: from a registry delivery to published village poverty marts."""

__version__ = "0.2.0"
