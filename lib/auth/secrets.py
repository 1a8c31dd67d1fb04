"""What makes a signing secret unfit for production."""

import math
from collections import Counter

SHORTEST_BYTES = 32
# A random hex text carries 4 bits a character, a phrase of repeated letters far less; in bits a character.
LOWEST_ENTROPY = 3.0
DEVELOPMENT_KEY = "development-only-signing-key-change-me-before-going-live"
PUBLISHED = {
    DEVELOPMENT_KEY,
    "your-secret-key-change-in-production",
    "your-super-secret-jwt-key-change-in-production",
    "your-256-bit-secret",
    "your_jwt_secret_key_here",
}


def unfit(secret: str) -> str | None:
    """Why a secret must not sign tokens in production, as the end of a sentence; None when it may."""
    if not secret or secret == DEVELOPMENT_KEY:
        return "is not set"
    if secret.lower() in PUBLISHED or "change" in secret.lower():
        return "is a published example"
    if len(secret.encode()) < SHORTEST_BYTES:
        return f"is shorter than {SHORTEST_BYTES} bytes"
    if entropy(secret) < LOWEST_ENTROPY:
        return "repeats too few characters to be random"
    return None


def entropy(text: str) -> float:
    """Shannon entropy in bits a character."""
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())
