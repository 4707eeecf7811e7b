"use strict";
// drawing is what the scripts of all pages share.
var drawing = (function () {
  document.documentElement.classList.add("js");
  var all = function (root, what) { return Array.prototype.slice.call(root.querySelectorAll(what)); };

  // values reads a staircase back from its path: one number a column.
  function values(path, columns, top, low) {
    low = low || 0;
    var out = new Array(columns).fill(NaN), x = 0, y = 0;
    path.replace(/([MhvV])(-?\d+)(?: (-?\d+))?/g, function (_, op, a, b) {
      a = +a;
      if (op === "M") { x = a; y = +b; }
      if (op === "v") { y += a; }
      if (op === "V") { y = a; }
      if (op === "h") { for (var i = 0; i < a; i++) { out[x++] = top - (top - low) * y / 1000; } }
    });
    return out;
  }

  function text(into, s, color) {
    var b = document.createElement("b");
    b.textContent = s;
    if (color) { b.style.setProperty("--c", color); }
    into.appendChild(b);
    into.appendChild(document.createTextNode("  "));
  }

  function two(n) { return (n < 10 ? "0" : "") + n; }

  // stamp words a time given in Unix seconds.
  function stamp(seconds) {
    var months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], when = new Date(1000 * seconds);
    return when.getUTCDate() + " " + months[when.getUTCMonth()] + " " + two(when.getUTCHours()) + ":" + two(when.getUTCMinutes());
  }

  return { all: all, values: values, text: text, stamp: stamp };
})();
