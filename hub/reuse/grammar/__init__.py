"""What the canonical form of a question needs to know of each language."""
