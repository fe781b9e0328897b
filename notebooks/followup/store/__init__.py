"""Files that are whole or absent, SHA-256, what was computed before, large CSV tables, work in a fork of this process.

Imports nothing of ours and knows nothing of the survey but where its files lie.
"""
