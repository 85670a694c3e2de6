"""Figures that leave the office: what is hidden in them, and their publication after a person agreed."""

from regsosek.publik.publish import Prepared, PublicationRefusedError, prepare_public, publish_public

__all__ = ["Prepared", "PublicationRefusedError", "prepare_public", "publish_public"]
