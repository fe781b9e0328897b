"""The study of a programme in waves: what the notebooks call and show."""

from followup.study.explained_errors import in_jupyter

in_jupyter()  # an import may be the first to fail
