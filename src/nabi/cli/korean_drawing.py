"""Korean for the errors of `nabi draw`; `korean.py` takes the phrases in."""

PHRASES: dict[str, str] = {
    "--unfold or --block": "--unfold 또는 --block",
    "a block of the network": "신경망에 있는 블록의 이름",
    "A browser prints the .svg as PDF.": ".svg를 웹 브라우저로 열어 PDF로 인쇄할 수 있습니다.",
    "a name that ends in .svg or .png": ".svg나 .png로 끝나는 이름",
    "A block is drawn layer by layer.": "블록은 언제나 층마다 그립니다.",
}
