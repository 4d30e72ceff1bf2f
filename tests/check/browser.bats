#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A report in a browser.
# package: chromium=command:chromium

bats_require_minimum_version 1.5.0
load ../need
load ../plot/made_recording

setup() {
    cd "$BATS_TEST_TMPDIR"
    write_recording 8 >recording.csv
}

# By a script that the browser runs: in a frame of 400 pixels, and after clicks on a heading.
@test "a report of one page in a browser: sorted by a click, no scrolling across at 400 pixels" {
    need chromium chromium
    "$BUILD/bin/plot" --report=report.html recording.csv
    cat >frame.html <<'END'
<iframe src="report.html" style="width: 400px; height: 800px; border: 0"></iframe>
<script>
onload = () => {
  const page = frames[0].document, root = page.documentElement;
  const table = [...page.querySelectorAll('table')].find(t => t.textContent.includes('PER TASK'));
  const heads = [...table.querySelectorAll('th')], column = heads.findIndex(h => h.textContent.startsWith('PER TASK'));
  const values = () => [...table.tBodies[0].rows].map(r => r.cells[column].dataset.value).filter(v => v).map(Number);
  const click = () => heads[column].querySelector('button').click();
  const rises = v => v.length > 1 && v.every((x, i) => i === 0 || v[i - 1] <= x);
  click(); const up = rises(values());
  click(); const down = rises(values().reverse());
  const shown = [...page.querySelectorAll('figure svg')].filter(s => s.getBoundingClientRect().height > 20).length;
  document.title = `${root.clientWidth} ${root.scrollWidth} ${up} ${down} ${shown}`;
};
</script>
END
    page=$(timeout 60 chromium --headless --no-sandbox --disable-gpu --allow-file-access-from-files --enable-logging=stderr \
        --user-data-dir="$PWD/browser" --dump-dom "file://$PWD/frame.html" 2>log)
    title=$(sed -n 's,.*<title>\(.*\)</title>.*,\1,p' <<<"$page" | tail -1)
    echo "$title"
    read -r width scrolled up down shown <<<"$title"
    [ "$scrolled" -le "$width" ] && [ "$width" -le 400 ]
    [ "$up $down" = "true true" ]
    [ "$shown" -eq 8 ]
    ! grep CONSOLE log || false
}
