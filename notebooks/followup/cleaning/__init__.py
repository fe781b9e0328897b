"""From an export's rows and cells to tidy tables: each decision is logged, each cell accounted for.

May import `exports`, `study`, `words` and `store`. Knows no statistic, no chart and no HTML.
"""
