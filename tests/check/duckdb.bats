#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs the query of data/README.md in DuckDB, npm's package of it in a directory of this test.
# package: npm=command:npm nodejs=command:node

bats_require_minimum_version 1.5.0
load ../need
load ../columns

question() {
    awk '/^    SELECT/ { inside = 1 } inside && !NF { exit } inside' data/README.md
}

@test "DuckDB reads recordings as they are and finds what analyze finds" {
    need npm npm
    need node nodejs
    npm install --silent --no-audit --no-fund --prefix "$BATS_TEST_TMPDIR" @duckdb/node-api || skip "npm has no DuckDB here"
    [ "$(question | wc -l)" -eq 5 ]
    cat >"$BATS_TEST_TMPDIR/ask.mjs" <<'END'
import { DuckDBInstance } from '@duckdb/node-api';
const connection = await (await DuckDBInstance.create()).connect();
const answer = await connection.runAndReadAll(process.argv[2]);
for (const row of answer.getRows()) console.log(row.join(','));
END
    node "$BATS_TEST_TMPDIR/ask.mjs" "$(question)" >"$BATS_TEST_TMPDIR/theirs"
    "$BUILD/bin/analyze" --table=cells --format=csv data/*.csv >"$BATS_TEST_TMPDIR/cells"
    # of the cells that have runs
    columns model tasks runs median <"$BATS_TEST_TMPDIR/cells" | awk -F, '$3 > 0' |
        LC_ALL=C sort -t, -k1,1 -k2,2n >"$BATS_TEST_TMPDIR/ours"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/ours")" -gt 100 ]
    diff "$BATS_TEST_TMPDIR/theirs" "$BATS_TEST_TMPDIR/ours"
}
