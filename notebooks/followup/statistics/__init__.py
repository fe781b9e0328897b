"""Numbers in, numbers out: change, gaps, scales, bounds, adjustment for many tests, the rule of a verdict.

Imports nothing of ours; knows no cohort, no file and no word in any language. A new verdict begins in `verdict.py`.
"""
