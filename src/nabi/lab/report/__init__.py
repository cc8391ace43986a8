"""Report: a run as one HTML page that needs no network: headline, curves, confusion, misread pictures, classes, network, recipe.

    page       head, style, header, footer           sections   what stands between
    chart      learning curves as SVG                markup     elements whose text is always escaped
"""

from nabi.lab.report.page import write_report

__all__ = ["write_report"]
