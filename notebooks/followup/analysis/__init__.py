"""Tables made of tidy tables: answers, changes, gaps, non-response, projects, ties, interviews, cohorts side by side.

May import `statistics`, `disclosure`, `study`, `words` and `store`. Knows no HTML, no chart, no column heading.
"""
