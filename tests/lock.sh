#!/bin/sh
# Resolve every environment together, for all supported Pythons at once, and print the lock file in three parts:
# what builds reports, what the tests add, what JupyterLab adds. No index address is written.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
resolve() {
    uv pip compile pyproject.toml --universal --fork-strategy fewest --python-version 3.11 --generate-hashes --quiet \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links "$@" > /dev/null
}
resolve --extra test --extra lab --output-file "$folder/lab"
resolve --extra test --constraints "$folder/lab" --output-file "$folder/test"
resolve --constraints "$folder/lab" --output-file "$folder/report"
echo "# Written by make lock; do not edit. pip installs it with --require-hashes."
for part in report test lab; do
    echo "# == $part"
    awk '/^[a-z0-9]/ { name = $1; sub(/==.*/, "", name); new = !(name in seen) } FNR == NR { seen[name]; next } new' \
        "$folder/seen" "$folder/$part" 2> /dev/null || cat "$folder/$part"
    cat "$folder/$part" >> "$folder/seen"
done
