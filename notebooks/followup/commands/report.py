"""make report: the report of one cohort."""

import argparse
import sys

from followup.chain.build import build_and_tell


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Run a cohort's notebooks and publish its report.")
    parser.add_argument("cohort")
    return build_and_tell(parser.parse_args(arguments).cohort)


if __name__ == "__main__":
    sys.exit(main())
