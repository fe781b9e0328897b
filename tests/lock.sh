#!/bin/sh
# Resolve every environment together, for all supported Pythons at once, and print the lock file in five parts:
# what builds reports; what a Dask cluster and what paper and Word add; what the tests add to all these; and what
# JupyterLab adds to the first.
# No index address is written. Constraints may be named as an argument, for the versions to stay as they are.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
resolve() {
    uv pip compile pyproject.toml --universal --fork-strategy fewest --python-version 3.11 --generate-hashes --quiet \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links "$@" > /dev/null
}
resolve --extra cluster --extra paper --extra test --extra lab ${1:+--constraints "$1"} --output-file "$folder/all"
resolve --extra lab --constraints "$folder/all" --output-file "$folder/lab"
resolve --extra cluster --extra paper --extra test --constraints "$folder/all" --output-file "$folder/test"
resolve --extra paper --constraints "$folder/all" --output-file "$folder/paper"
resolve --extra cluster --constraints "$folder/all" --output-file "$folder/cluster"
resolve --constraints "$folder/all" --output-file "$folder/report"
# a block is a requirement with its marker and hashes; one that an earlier part printed is not printed again
print_without() {
    awk -v printed="$1" 'BEGIN { while ((getline line < printed) > 0) seen[line] } /^[a-z0-9]/ { new = !($0 in seen) } new' "$2"
}
echo "# Written by make lock; do not edit. Both uv and pip install it with hashes."
: > "$folder/nothing"
cat "$folder/cluster" "$folder/paper" > "$folder/both"
for parts in nothing:report report:cluster report:paper both:test report:lab; do
    echo "# == ${parts#*:}"
    print_without "$folder/${parts%:*}" "$folder/${parts#*:}"
done
