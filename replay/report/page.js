(function () {
  var all = drawing.all, values = drawing.values, text = drawing.text, stamp = drawing.stamp;

  // series reads every curve of a frame once.
  function series(frame) {
    if (frame.read) { return frame.read; }
    var top = +frame.dataset.top, columns = +frame.dataset.columns, read = [];
    all(frame, "[data-s]").forEach(function (p) {
      var d = p.getAttribute("d"), one = { name: p.dataset.s, color: getComputedStyle(p).getPropertyValue("--c") };
      if (one.name === "band") {
        var parts = d.split("M").filter(Boolean), half = parts.length / 2;
        one.high = values("M" + parts.slice(0, half).join("M"), columns, top);
        one.low = values("M" + parts.slice(half).join("M"), columns, top);
      } else {
        one.values = values(d, columns, top);
      }
      read.push(one);
    });
    frame.read = read;
    return read;
  }

  function readOff(frame, out, clientX) {
    var plot = frame.querySelector(".plot"), box = plot.getBoundingClientRect();
    var columns = +frame.dataset.columns;
    var at = Math.max(0, Math.min(columns - 1, Math.floor((clientX - box.left) / box.width * columns)));
    out.textContent = "";
    text(out, stamp(+frame.dataset.from + at * +frame.dataset.step));
    series(frame).forEach(function (s) {
      if (s.name === "band") {
        if (s.low[at] === s.low[at]) { out.appendChild(document.createTextNode("forecast " + s.low[at].toFixed(1) + " to " + s.high[at].toFixed(1) + "  ")); }
        return;
      }
      var v = s.values[at];
      if (v !== v || s.name === "median") { return; }
      var label = s.name === "need" ? "needed" : s.name;
      text(out, label + " " + (s.name === "need" || +frame.dataset.step > 60 ? v.toFixed(1) : Math.round(v)), s.color);
    });
    var cross = frame.querySelector(".cross");
    cross.style.left = (100 * (at + 0.5) / columns) + "%";
    cross.style.opacity = 0.6;
  }

  all(document, ".chart").forEach(function (figure) {
    var frame = figure.querySelector(".frame"), out = figure.querySelector(".readout");
    var move = function (e) { readOff(frame, out, e.clientX); };
    frame.addEventListener("pointermove", move);
    frame.addEventListener("pointerdown", move);
    frame.addEventListener("pointerleave", function () { out.textContent = ""; frame.querySelector(".cross").style.opacity = 0; });
  });

  // A key shows and hides its curve in all pictures of its load.
  all(document, ".keys.tracks .key[data-track]").forEach(function (key) {
    key.addEventListener("click", function () {
      var off = key.classList.toggle("off"), name = key.dataset.track;
      all(key.closest("section"), ".chart [data-s]").forEach(function (p) {
        if (p.dataset.s === name || name === "band" && p.dataset.s === "median") { p.style.display = off ? "none" : ""; }
      });
    });
  });

  // The row of days brings a day up below it.
  all(document, ".trace").forEach(function (section) {
    var row = section.querySelector(".gains"), others = section.querySelector(".others");
    if (!row || !others) { return; }
    var days = all(section, ".day").sort(function (a, b) { return a.id < b.id ? -1 : 1; });
    var slot = document.createElement("div"), home = others.querySelector(".days");
    row.after(slot);
    function show(day) {
      if (!day) { return; }
      if (slot.lastChild) { back(); }
      if (!home.contains(day)) { day.scrollIntoView({ block: "center" }); return; }
      var picker = document.createElement("div");
      picker.className = "picker";
      [["‹ day before", -1], ["day after ›", 1], ["close", 0]].forEach(function (b) {
        var button = document.createElement("button");
        button.type = "button";
        button.textContent = b[0];
        button.addEventListener("click", function () { back(); if (b[1]) { show(days[days.indexOf(day) + b[1]]); } });
        picker.appendChild(button);
      });
      slot.appendChild(picker);
      slot.appendChild(day);
    }
    function back() {
      all(slot, ".day").forEach(function (d) { home.appendChild(d); });
      slot.textContent = "";
      all(home, ".day").sort(function (a, b) { return a.id < b.id ? -1 : 1; }).forEach(function (d) { home.appendChild(d); });
    }
    all(row, "a.bar").forEach(function (bar) {
      bar.addEventListener("click", function (e) {
        e.preventDefault();
        show(document.getElementById(bar.getAttribute("href").slice(1)));
      });
    });
  });

  // The frontier reads off the nearest run; a name keeps its curve.
  all(document, ".frontier").forEach(function (figure) {
    var plot = figure.querySelector(".plot"), out = figure.querySelector(".readout"), spot = figure.querySelector(".spot"), kept = "";
    var points = [];
    all(figure, ".curve").forEach(function (g) {
      var at = [], knobs = g.dataset.knobs.split(" "), hours = g.dataset.hours.split(" "), minutes = g.dataset.minutes.split(" ");
      g.querySelector(".dots").getAttribute("d").replace(/M(\d+) (\d+)/g, function (_, x, y) { at.push([+x, +y]); });
      at.forEach(function (p, i) {
        points.push({ name: g.dataset.name, x: p[0], y: p[1], knob: knobs[i], hours: hours[i], minutes: minutes[i], color: getComputedStyle(g).getPropertyValue("--c") });
      });
    });
    function pick(name) {
      figure.classList.toggle("picked", !!name);
      all(figure, "[data-name]").forEach(function (n) { n.classList.toggle("on", n.dataset.name === name); });
    }
    all(figure, ".names li[data-name]").forEach(function (li) {
      li.addEventListener("click", function () { kept = kept === li.dataset.name ? "" : li.dataset.name; pick(kept); });
      li.addEventListener("pointerenter", function () { pick(li.dataset.name); });
      li.addEventListener("pointerleave", function () { pick(kept); });
    });
    var near = function (e) {
      var box = plot.getBoundingClientRect(), best = null, least = 30 * 30;
      points.forEach(function (p) {
        if (kept && p.name !== kept) { return; }
        var dx = p.x / 1000 * box.width - (e.clientX - box.left), dy = p.y / 1000 * box.height - (e.clientY - box.top);
        if (dx * dx + dy * dy < least) { least = dx * dx + dy * dy; best = p; }
      });
      out.textContent = "";
      spot.style.opacity = best ? 1 : 0;
      if (!best) { return; }
      spot.style.left = best.x / 10 + "%";
      spot.style.top = best.y / 10 + "%";
      text(out, best.name + "@" + best.knob, best.color);
      out.appendChild(document.createTextNode((+best.minutes).toLocaleString("en") + " violation minutes, " + (+best.hours).toLocaleString("en") + " instance-hours"));
    };
    plot.addEventListener("pointermove", near);
    plot.addEventListener("pointerdown", near);
    plot.addEventListener("pointerleave", function () { out.textContent = ""; spot.style.opacity = 0; });
  });

  all(document, ".command").forEach(function (box) {
    if (!navigator.clipboard) { return; }
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = "copy";
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(box.querySelector("code").textContent).then(function () { button.textContent = "copied"; });
    });
    box.appendChild(button);
  });
})();
