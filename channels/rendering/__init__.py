"""Markdown, as models write it, in each platform's own form, and cut into parts that the platform takes."""
