"""Releases: which delivery speaks for which village, publishing by one pointer, and going back."""
