package report

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// probe asks a page, when it is loaded and every part is unfolded, what of it
// lies beyond the right edge and whether scripts ran, and reads a picture off.
const probe = `<script>addEventListener("load", function () {
	document.querySelectorAll("details").forEach(function (d) { d.open = true; });
	var wide = Math.round(document.documentElement.getBoundingClientRect().width), out = [];
	document.querySelectorAll("section *").forEach(function (e) {
		var r = e.getBoundingClientRect();
		if (r.width && r.right > wide + 1 && !e.closest("svg")) { out.push(e.tagName + "." + e.className); }
	});
	var frame = document.querySelector(".chart .frame"), box = frame.querySelector(".plot").getBoundingClientRect();
	frame.dispatchEvent(new PointerEvent("pointermove", { clientX: box.left + box.width / 2, clientY: box.top + 9, bubbles: true }));
	var bar = document.querySelector("a.bar:not(.named)");
	if (bar) { bar.click(); }
	document.querySelector(".names li[data-name]").click();
	document.body.innerHTML = "<pre>wide=" + wide + " out=" + out.slice(0, 5).join("|") +
		" read=" + document.querySelector(".chart .readout").textContent + " picker=" + document.querySelectorAll(".picker").length + "</pre>";
});</script></body>`

// TestBrowser opens the page in Chromium at the widths of a phone and a desk.
func TestBrowser(t *testing.T) {
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium on this machine: nothing is rendered")
	}
	if testing.Short() {
		t.Skip("a browser takes seconds")
	}
	dir := t.TempDir()
	page := written(t, full(t, tried(t, "waves", waves(t, 12, 5*time.Minute)), tried(t, "a load with a long name that has_no_blank_at_its_end_to_break", waves(t, 4, time.Minute))))
	file := filepath.Join(dir, "page.html")
	for _, width := range []int{390, 1280} {
		// Chromium makes no window narrower than 500 points.
		narrow := fmt.Sprintf("<style>html { width: %dpx; }</style>", width)
		if err := os.WriteFile(file, []byte(strings.Replace(page, "</body>", narrow+probe, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), chromium, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
			"--user-data-dir="+filepath.Join(dir, "profile"), fmt.Sprintf("--window-size=%d,900", width), "--dump-dom", "file://"+file).Output()
		if err != nil {
			t.Skipf("chromium does not run here: %v", err)
		}
		told := regexp.MustCompile(`<pre>(.*)</pre>`).FindSubmatch(out)
		if told == nil {
			t.Fatalf("the scripts of the page did not run: %.300s", out)
		}
		t.Logf("%s", told[1])
		fields := regexp.MustCompile(`wide=(\d+) out=(.*) read=(.+) picker=1`).FindSubmatch(told[1])
		if fields == nil {
			t.Fatalf("want a reading and a day brought up, got %s", told[1])
		}
		if string(fields[1]) != strconv.Itoa(width) || len(fields[2]) > 0 {
			t.Errorf("at %d points something lies beyond the edge: %s", width, told[1])
		}
	}
}
