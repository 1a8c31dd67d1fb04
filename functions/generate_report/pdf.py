"""HTML → PDF by WeasyPrint: tagged (PDF/UA-1), nothing fetched from anywhere."""

# WeasyPrint's own fetcher makes HTTP requests and embeds local files; a document may hold its own data only.
ALLOWED = ("data",)


def written(html: str) -> bytes:
    """A whole HTML document as PDF; what it refers to outside itself is left out."""
    # Imported here: a second and 50 MB that only a rendering needs.
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    fetcher = URLFetcher(allowed_protocols=ALLOWED, allow_redirects=False)
    document: bytes = HTML(string=html, url_fetcher=fetcher).write_pdf(pdf_variant="pdf/ua-1")
    return document
