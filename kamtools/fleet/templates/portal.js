(function () {
  "use strict";
  var data = JSON.parse(document.getElementById("data").textContent);
  var words = data.words, columns = data.columns, locale = data.locale;
  var pageSize = 100, page = 0, sortKey = data.sort, ascending = false;
  var at = {};
  data.fields.forEach(function (name, i) { at[name] = i; });
  var money = new Intl.NumberFormat(locale, { style: "currency", currency: data.currency, currencyDisplay: "narrowSymbol", notation: "compact", minimumFractionDigits: 1, maximumFractionDigits: 1 });
  var percent = new Intl.NumberFormat(locale, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
  var plus = new Intl.NumberFormat(locale, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1, signDisplay: "exceptZero" });
  var whole = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });
  var plain = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  var count = new Intl.NumberFormat(locale);
  var collator = new Intl.Collator(locale, { numeric: true, sensitivity: "base" });
  var byId = function (id) { return document.getElementById(id); };
  var body = byId("rows"), search = byId("search");
  var selects = Array.prototype.slice.call(document.querySelectorAll("select[data-filter]"));
  var heads = Array.prototype.slice.call(document.querySelectorAll("#table th[data-key]"));
  var texts = data.rows.map(function (row) {
    return [row[at.account], row[at.name], row[at.owner], row[at.segment]].join("\n").toLocaleLowerCase(locale);
  });

  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, function (_, key) { return values[key]; });
  }
  function value(row, key) { return row[at[key]]; }
  function kindOf(key) {
    for (var i = 0; i < columns.length; i++) if (columns[i].id === key) return columns[i].kind;
    return "text";
  }
  function chosen() {
    var needle = search.value.trim().toLocaleLowerCase(locale).split(/\s+/).filter(Boolean);
    var list = [];
    data.rows.forEach(function (row, i) {
      for (var n = 0; n < needle.length; n++) if (texts[i].indexOf(needle[n]) < 0) return;
      for (var s = 0; s < selects.length; s++) {
        var wanted = selects[s].value, field = selects[s].dataset.filter;
        if (!wanted) continue;
        if (field === "show") {
          if (wanted === "key" && !value(row, "key")) return;
          if (wanted === "book" && !value(row, "href")) return;
          if (wanted === "alarm" && !value(row, "alarms")) return;
        } else if (value(row, field) !== wanted) return;
      }
      list.push(i);
    });
    return sorted(list);
  }
  function sorted(list) {
    var text = kindOf(sortKey).indexOf("num") < 0, field = at[sortKey], sign = ascending ? 1 : -1;
    return list.sort(function (a, b) {
      var x = data.rows[a][field], y = data.rows[b][field];
      var noX = x === null || x === "", noY = y === null || y === "";
      if (noX || noY) return noX && noY ? a - b : noX ? 1 : -1;
      return sign * (text ? collator.compare(x, y) : x - y) || a - b;
    });
  }
  function element(tag, className, text) {
    var made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }
  function amount(format, number) { return number === null ? "—" : format.format(number); }
  function cell(row, column) {
    var td = element("td", column.kind), v = value(row, column.id);
    td.dataset.column = column.id;
    if (column.id === "name") {
      var href = value(row, "href"), name = element(href ? "a" : "span", href ? "book" : "", v);
      if (href) name.setAttribute("href", href);
      td.appendChild(name);
      if (value(row, "key")) {
        var star = element("span", "star", "★");
        star.title = words.key_account;
        star.setAttribute("role", "img");
        star.setAttribute("aria-label", words.key_account);
        td.appendChild(star);
      }
    } else if (column.id === "quadrant") {
      if (v) {
        td.appendChild(element("span", "chip " + v, data.quadrants[v] || v));
        var odds = value(row, "probability");
        if (odds !== null) {
          var shown = element("span", "odds", whole.format(odds));
          shown.title = words.odds;
          td.appendChild(shown);
        }
      } else td.textContent = "—";
    } else if (column.id === "abc") {
      if (v) td.appendChild(element("span", "chip " + v, v)); else td.textContent = "—";
    } else if (column.id === "owner" && v && data.owners[v]) {
      var link = element("a", "owner", v);
      link.setAttribute("href", data.owners[v]);
      td.appendChild(link);
    } else if (column.id === "status") {
      td.appendChild(element("span", v, v ? words["status_" + v] : ""));
    } else if (column.format === "money") td.textContent = amount(money, v);
    else if (column.format === "percent") td.textContent = amount(percent, v);
    else if (column.format === "growth") td.textContent = amount(plus, v);
    else if (column.format === "score") td.textContent = amount(plain, v);
    else td.textContent = v === null || v === undefined || v === "" ? "—" : v;
    if (column.kind === "num" && typeof v === "number" && v < 0) td.classList.add("down");
    return td;
  }
  function draw(size) {
    var list = chosen(), pages = Math.max(1, Math.ceil(list.length / size));
    page = Math.min(page, pages - 1);
    var first = page * size, part = document.createDocumentFragment();
    list.slice(first, first + size).forEach(function (i) {
      var row = data.rows[i], tr = element("tr");
      tr.dataset.account = value(row, "account");
      columns.forEach(function (column) { tr.appendChild(cell(row, column)); });
      part.appendChild(tr);
    });
    body.textContent = "";
    body.appendChild(part);
    byId("count").textContent = fill(words.count, { shown: count.format(list.length), all: count.format(data.rows.length) });
    byId("page").textContent = fill(words.page, { first: count.format(list.length ? first + 1 : 0), last: count.format(Math.min(first + size, list.length)), all: count.format(list.length) });
    byId("previous").disabled = page === 0;
    byId("next").disabled = page >= pages - 1;
    document.querySelector(".pager").hidden = pages < 2;
    heads.forEach(function (th) {
      th.setAttribute("aria-sort", th.dataset.key === sortKey ? (ascending ? "ascending" : "descending") : "none");
    });
    var inside = {};
    list.forEach(function (i) { inside[data.rows[i][at.account]] = true; });
    Array.prototype.forEach.call(document.querySelectorAll("svg.chart [data-account]"), function (mark) {
      mark.classList.toggle("dim", !inside[mark.getAttribute("data-account")]);
    });
  }
  function show() { draw(pageSize); }
  function again() { page = 0; show(); }
  search.addEventListener("input", again);
  selects.forEach(function (select) { select.addEventListener("change", again); });
  byId("clear").addEventListener("click", function () {
    search.value = "";
    selects.forEach(function (select) { select.value = ""; });
    again();
    search.focus();
  });
  heads.forEach(function (th) {
    th.querySelector("button").addEventListener("click", function () {
      var key = th.dataset.key;
      ascending = key === sortKey ? !ascending : kindOf(key).indexOf("num") < 0;
      sortKey = key;
      again();
    });
  });
  byId("previous").addEventListener("click", function () { page -= 1; show(); });
  byId("next").addEventListener("click", function () { page += 1; show(); });
  window.addEventListener("beforeprint", function () { page = 0; draw(500); });
  window.addEventListener("afterprint", again);
  show();
  document.documentElement.dataset.ready = "true";
})();
