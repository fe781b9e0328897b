"""The charts: each a function of a table, the words and the language.

A colour is changed in `words/palette.py`, a line or a font in `style.py`.
"""
