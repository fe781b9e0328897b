"""One module for each make target. May import everything; nothing imports it.

A new target is a module here and a line in the Makefile.
"""
