"""What notebooks call to show something: sentences, tables, figures, findings.

May import `analysis`, `disclosure`, `words`, `study`, `statistics` and `store`. Puts no row-level table on the page.
"""
