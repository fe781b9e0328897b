"""What was sent, and what may follow: a record of each edition, who stands behind its numbers, and what changed since.

May import `disclosure`, `exports`, `study`, `store` and `words`; nothing but `chain` and `commands` imports it.
"""
