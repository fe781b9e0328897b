"""The study of a programme in waves: what the notebooks call and show."""

import sys

if "IPython" in sys.modules:  # a kernel, in which an import of a name that is not there may be the first thing to fail
    from followup.study.explained_errors import in_jupyter

    in_jupyter()
