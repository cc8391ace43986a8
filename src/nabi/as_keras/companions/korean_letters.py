"""koreanize_matplotlib, plainly, where it is not installed: Hangul in pictures, by a font of this machine that has it.

    import koreanize_matplotlib        plt.rc("font", family="NanumGothic"), and minus signs that the font has
"""

from matplotlib import rcParams

__all__ = ["koreanize"]


def koreanize() -> None:
    """NanumGothic; where it is not here, another font with Hangul stands for it (see `scripts.families`)."""
    rcParams["font.family"] = "NanumGothic"
    rcParams["axes.unicode_minus"] = False
