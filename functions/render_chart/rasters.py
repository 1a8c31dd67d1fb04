"""From SVG to pixels and to paper: PNG by resvg, JPEG by Pillow, PDF by WeasyPrint."""

import base64
import io
from html import escape

from functions.render_chart.engine import Canvas, font_files

JPEG_QUALITY = 90
PAGE = """<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>
<style>
@page {{ size: {width}px {height}px; margin: 0 }}
body, figure {{ margin: 0 }}
img {{ display: block; width: 100% }}
</style>
</head><body><figure><img alt="{description}" src="data:image/svg+xml;base64,{picture}"></figure></body></html>"""


def png(svg: str, canvas: Canvas, scale: float) -> bytes:
    """`scale` device pixels a CSS pixel, 0.5 to 4."""
    import resvg_py

    # Noto Sans has no minus sign, and for one missing letter resvg takes another, wider font for the whole line.
    svg = svg.replace("\N{MINUS SIGN}", "\N{EN DASH}")
    # Without its own list it would look through every font of the machine, for seconds.
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            width=round(canvas.width * scale),
            height=round(canvas.height * scale),
            skip_system_fonts=True,
            font_files=list(font_files()),
            font_family="Noto Sans",
        )
    )


def jpeg(svg: str, canvas: Canvas, scale: float) -> bytes:
    """On white where the picture is transparent."""
    from PIL import Image

    with Image.open(io.BytesIO(png(svg, canvas, scale))) as drawn:
        paper = Image.new("RGB", drawn.size, "white")
        paper.paste(drawn, mask=drawn.getchannel("A") if "A" in drawn.getbands() else None)
    out = io.BytesIO()
    paper.save(out, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return out.getvalue()


def pdf(svg: str, canvas: Canvas) -> bytes:
    """One page of the picture's size: vectors, embedded letters, tagged (PDF/UA-1) with its title and description."""
    # Imported here: a second and 50 MB that only paper needs.
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    page = PAGE.format(
        width=canvas.width,
        height=canvas.height,
        language=escape(canvas.language),
        title=escape(canvas.title or "RepitBot"),
        description=escape(canvas.description or canvas.title or "RepitBot", quote=True),
        picture=base64.b64encode(svg.encode()).decode(),
    )
    fetcher = URLFetcher(allowed_protocols=("data",), allow_redirects=False)
    written: bytes = HTML(string=page, url_fetcher=fetcher).write_pdf(pdf_variant="pdf/ua-1")
    return written
