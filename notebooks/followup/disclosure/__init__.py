"""Tables that know how many people stand behind each number: suppression, rounding, the last check before publishing.

May import `study`, `statistics` and `store`. Reads no raw file: the words by which people are recognised are handed in.
"""
