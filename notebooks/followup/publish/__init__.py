"""Executed notebooks to one page a language: allow-list, page checks, font, manifest, versions.

May import `disclosure`, `words`, `study` and `store`. Sees only what a notebook handed over.
"""
