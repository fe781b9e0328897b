"""Params, codebook and published claims: which cohort, which waves, where its files are.

May import `store`. Knows no answer and no result.
"""
