# SPDX-License-Identifier: GPL-3.0-or-later
# For tests that read the tables of analyze as CSV: by names, so that a new column moves no other.

# Prints these columns of the table on standard input, a row a line, with commas between them. No text before them may have a
# comma.
columns() { # NAME...
    awk -F, -v names="$*" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; count = split(names, name, " "); next }
        { for (i = 1; i <= count; i++) printf "%s%s", $at[name[i]], i < count ? "," : "\n" }'
}
