"""The study of a programme in waves: what the notebooks call and show."""
