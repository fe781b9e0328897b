"""The follow-up study of a training programme: what the notebooks call and show."""
