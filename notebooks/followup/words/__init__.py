"""Every word a reader meets: column headings, vocabulary, verdicts and their sentences, cleaning rules.

May import `study`. A column's heading is added in `columns.py`, the word, colour and sentence of a verdict in `verdicts.py`.
"""
