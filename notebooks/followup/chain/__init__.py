"""Which notebook runs when, in which kernel; what is stale; the rules of notebooks; other machines.

May import `publish`, `study`, `store`, and of `cleaning` the words by which people are recognised. Knows no table's meaning.
"""
