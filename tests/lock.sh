#!/bin/sh
# Resolve every environment together, for all supported Pythons at once, and print the lock file in four parts:
# what builds reports, what a Dask cluster adds, what the tests add, what JupyterLab adds. No index address is written.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
resolve() {
    uv pip compile pyproject.toml --universal --fork-strategy fewest --python-version 3.11 --generate-hashes --quiet \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links "$@" > /dev/null
}
resolve --extra cluster --extra test --extra lab --output-file "$folder/lab"
resolve --extra cluster --extra test --constraints "$folder/lab" --output-file "$folder/test"
resolve --extra cluster --constraints "$folder/lab" --output-file "$folder/cluster"
resolve --constraints "$folder/lab" --output-file "$folder/report"
echo "# Written by make lock; do not edit. pip installs it with --require-hashes."
: > "$folder/printed"
for part in report cluster test lab; do
    echo "# == $part"
    # a block is a requirement with its marker and hashes; one that an earlier part printed is not printed again
    awk -v printed="$folder/printed" '
        BEGIN { while ((getline line < printed) > 0) seen[line] }
        /^[a-z0-9]/ { new = !($0 in seen) }
        new' "$folder/$part"
    grep '^[a-z0-9]' "$folder/$part" >> "$folder/printed"
done
