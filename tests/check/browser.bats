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

# What the script, which finds the report's page as `page`, puts into `told`, in a frame of so many pixels.
in_a_browser() { # PIXELS SCRIPT [OPTION...]
    need chromium chromium
    "$BUILD/bin/plot" --report=report.html recording.csv
    cat >frame.html <<END
<iframe src="report.html" style="width: $1px; height: 800px; border: 0"></iframe>
<script>
onload = async () => {
  const page = frames[0].document, root = page.documentElement, told = [];
  const find = (all, text) => [...all].find(one => one.textContent.includes(text));
  const type = (field, value) => { field.value = value; field.dispatchEvent(new Event('input', { bubbles: true })); };
  const press = (target, key) => target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  const seen = all => [...all].filter(one => one.getClientRects().length > 0 && getComputedStyle(one).display !== 'none');
$2
  document.title = told.join('|');
};
</script>
END
    page=$(timeout 60 chromium --headless --no-sandbox --disable-gpu --allow-file-access-from-files --enable-logging=stderr \
        --enable-blink-features=ComputedAccessibilityInfo --user-data-dir="$PWD/browser" "${@:3}" --dump-dom \
        "file://$PWD/frame.html" 2>log)
    ! grep CONSOLE log || false
    told=$(sed -n 's,.*<title>\(.*\)</title>.*,\1,p' <<<"$page" | tail -1)
    echo "$told"
}

@test "a report of one page in a browser: sorted by a click, no scrolling across at 400 and 1400 pixels" {
    for pixels in 400 1400; do
        in_a_browser "$pixels" '
  const table = find(page.querySelectorAll("table"), "PER TASK"), heads = [...table.querySelectorAll("th[scope=col]")];
  const column = heads.findIndex(h => h.textContent.startsWith("PER TASK"));
  const values = () => [...table.tBodies[0].rows].map(r => r.cells[column].dataset.value).filter(v => v).map(Number);
  const click = () => heads[column].querySelector("button").click();
  const rises = v => v.length > 1 && v.every((x, i) => i === 0 || v[i - 1] <= x);
  click(); told.push(rises(values()), heads[column].getAttribute("aria-sort"));
  click(); told.push(rises(values().reverse()), heads[column].getAttribute("aria-sort"));
  told.push(page.querySelectorAll("figure .wide > svg").length, root.scrollWidth <= root.clientWidth);'
        [ "$told" = "true|ascending|true|descending|8|true" ]
    done
}

@test "the filter acts on all tables and figures" {
    in_a_browser 1000 '
  const form = page.querySelector("form"), says = form.querySelector("output");
  const model = page.querySelector("tr[data-of]").dataset.of;
  const others = () => seen(page.querySelectorAll("[data-of]")).filter(one => one.dataset.of !== model).length;
  told.push(says.value, others() > 0);
  type(form.search, model.toUpperCase());
  told.push(says.value, others(), seen(page.querySelectorAll("svg [data-of]")).length > 0);
  type(form.search, "");
  type(form.family, form.family.options[1].value);
  told.push(says.value !== "8 of 8 models", seen(page.querySelectorAll("table tr[data-of]")).every(
    row => row.dataset.family === form.family.value));
  type(form.search, "of another name");
  told.push(says.value);'
    [ "$told" = "8 of 8 models|true|1 of 8 models|0|true|true|true|0 of 8 models" ]
}

@test "the pointer and the arrow keys make a figure tell its values and dim the others" {
    in_a_browser 1000 '
  const figure = page.querySelector("figure"), svg = figure.querySelector("svg"), says = figure.querySelector("output");
  const dim = () => svg.querySelectorAll(".dim").length, mark = svg.querySelector("g[data-of] > title").parentElement;
  told.push(svg.tabIndex, dim());
  mark.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
  told.push(dim() > 0, says.value === mark.querySelector("title").textContent);
  svg.dispatchEvent(new PointerEvent("pointerleave"));
  told.push(dim(), says.value);
  press(svg, "ArrowRight"); const first = says.value;
  press(svg, "ArrowRight"); const second = says.value;
  press(svg, "ArrowLeft");
  told.push(first !== second && first === says.value, dim() > 0);
  press(svg, "Escape");
  told.push(dim());'
    [ "$told" = "0|0|true|true|0||true|true|0" ]
}

@test "the report is dark where its reader likes it, and light on paper" {
    script='
  const ground = getComputedStyle(page.body).backgroundColor;
  const rect = page.querySelector("svg rect"); told.push(ground, getComputedStyle(rect).fill);'
    in_a_browser 1000 "$script" --force-dark-mode --blink-settings=preferredColorScheme=0
    [ "$told" = "rgb(20, 24, 29)|rgb(20, 24, 29)" ]
    in_a_browser 1000 "$script" --blink-settings=preferredColorScheme=1
    [ "$told" = "rgb(255, 255, 255)|rgb(255, 255, 255)" ]
}

@test "who hears the report finds its parts by roles, names and headings" {
    in_a_browser 1000 '
  const role = (selector, of = page) => of.querySelector(selector).computedRole;
  told.push(role("main"), role("nav"), page.querySelector("nav").computedName, role("form"));
  told.push([...page.querySelectorAll("input, select, button, svg[role], [tabindex]")].filter(
    one => !one.hidden && !one.closest("[hidden]") && !one.computedName).length);
  told.push([...page.querySelectorAll("th")].filter(head => !head.textContent.trim() || !head.scope).length);
  const levels = [...page.querySelectorAll("h1, h2, h3")].map(one => +one.tagName[1]);
  told.push(levels.every((level, i) => i === 0 ? level === 1 : level <= levels[i - 1] + 1));
  told.push([...page.querySelectorAll("a[href^=\"#\"]")].every(a => page.getElementById(a.hash.slice(1))));'
    [ "$told" = "main|navigation|Contents|search|0|0|true|true" ]
}
