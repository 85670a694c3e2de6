"""An independent recomputation of every village figure, straight from the delivered files.

It shares no code, SQL, seed or codebook with the product: it was written from the definitions alone, so that a
mistake would have to be made twice, in two ways, to go unnoticed.
"""

from oracle.recompute import figures, grouped, recompute

__all__ = ["figures", "grouped", "recompute"]
