(function () {
  var all = drawing.all, values = drawing.values, text = drawing.text, stamp = drawing.stamp;

  // read gives the curves of a fan, one number a column.
  function read(frame) {
    if (frame.curves) { return frame.curves; }
    var top = +frame.dataset.top, low = +frame.dataset.low, columns = +frame.dataset.columns, out = {};
    all(frame, "[data-s]").forEach(function (p) {
      var d = p.getAttribute("d"), name = p.dataset.s, parts = d.split("M").filter(Boolean), half = parts.length / 2;
      if (!p.classList.contains("band")) { out[name] = values(d, columns, top, low); return; }
      out[name] = {
        high: values("M" + parts.slice(0, half).join("M"), columns, top, low),
        low: values("M" + parts.slice(half).join("M"), columns, top, low)
      };
    });
    frame.curves = out;
    return out;
  }

  // short writes a number to about a thousandth of the height.
  function short(v, frame) {
    var digits = Math.max(0, 2 - Math.floor(Math.log10(+frame.dataset.top - +frame.dataset.low)));
    return v.toLocaleString("en", { minimumFractionDigits: Math.min(digits, 6), maximumFractionDigits: Math.min(digits, 6) });
  }

  all(document, ".chart").forEach(function (figure) {
    var frame = figure.querySelector(".frame"), out = figure.querySelector(".readout"), plot = frame.querySelector(".plot"), cross = frame.querySelector(".cross");
    function move(e) {
      var box = plot.getBoundingClientRect(), columns = +frame.dataset.columns, curves = read(frame);
      var at = Math.max(0, Math.min(columns - 1, Math.floor((e.clientX - box.left) / box.width * columns)));
      out.textContent = "";
      text(out, stamp(+frame.dataset.from + at * +frame.dataset.step));
      if (curves.value[at] === curves.value[at]) { text(out, "value " + short(curves.value[at], frame)); }
      if (curves.median && curves.median[at] === curves.median[at]) {
        text(out, "median " + short(curves.median[at], frame), "var(--k0)");
        ["80", "95"].forEach(function (name) {
          out.appendChild(document.createTextNode(name + " %: " + short(curves[name].low[at], frame) + " to " + short(curves[name].high[at], frame) + "  "));
        });
      }
      cross.style.left = (100 * (at + 0.5) / columns) + "%";
      cross.style.opacity = 0.6;
    }
    frame.addEventListener("pointermove", move);
    frame.addEventListener("pointerdown", move);
    frame.addEventListener("pointerleave", function () { out.textContent = ""; cross.style.opacity = 0; });
  });

  // A key hides its model and shows it again, in all pictures of its section.
  all(document, ".switches .key[data-track]").forEach(function (key) {
    key.addEventListener("click", function () {
      var off = key.classList.toggle("off"), name = key.dataset.track, section = key.closest("section");
      all(section, "[data-s]").forEach(function (p) { if (p.dataset.s === name) { p.classList.toggle("gone", off); } });
      all(section, ".strip .dot").forEach(function (d) { if (d.title.split(" ")[0] === name) { d.classList.toggle("gone", off); } });
    });
  });
})();
