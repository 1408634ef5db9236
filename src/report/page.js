/* The list of components in pages of 200 rows, with a filter and sorting. Without scripts it is one plain table. */
(function () {
  'use strict';
  var table = document.getElementById('list');
  if (!table || !table.tBodies.length) return;
  var SIZE = 200;
  var words = table.dataset;
  var all = Array.prototype.slice.call(table.tBodies[0].rows);
  var shown = all, page = 0, sorted = { column: -1, down: false }, texts = null, needle = '';
  var body = document.createElement('tbody');
  table.replaceChild(body, table.tBodies[0]);

  function make(tag, text) {
    var e = document.createElement(tag);
    if (text) e.textContent = text;
    return e;
  }
  function fold(s) {
    return (s.normalize ? s.normalize('NFKC') : s).toLowerCase();
  }

  var tools = make('div'), label = make('label', words.filter + ' '), input = make('input');
  var back = make('button', words.previous), next = make('button', words.following), status = make('span');
  tools.className = 'tools';
  input.type = 'search';
  back.type = next.type = 'button';
  status.setAttribute('role', 'status');
  label.appendChild(input);
  [label, back, next, status].forEach(function (e) { tools.appendChild(e); });
  table.parentNode.insertBefore(tools, table);

  function number(n) {
    return n.toLocaleString('en');
  }
  function put(rows) {
    var piece = document.createDocumentFragment();
    rows.forEach(function (r) { piece.appendChild(r); });
    body.textContent = '';
    body.appendChild(piece);
  }
  function draw() {
    var from = page * SIZE, to = Math.min(from + SIZE, shown.length);
    put(shown.slice(from, to));
    back.disabled = page === 0;
    next.disabled = to >= shown.length;
    back.hidden = next.hidden = shown.length <= SIZE;
    status.textContent = (shown.length ? number(from + 1) + '\u2013' + number(to) : '0') + ' ' + words.of + ' ' +
      number(shown.length) + (shown.length < all.length ? ' (' + number(all.length) + ')' : '') + ' ' + words.rows;
    table.className = 'ready';
  }
  function filter() {
    page = 0;
    if (needle) {
      texts = texts || all.map(function (r) { return fold(r.textContent); });
      shown = all.filter(function (r, i) { return texts[i].indexOf(needle) >= 0; });
    } else {
      shown = all;
    }
    draw();
  }
  function sort(column, th) {
    var order = new Intl.Collator(document.documentElement.lang, { numeric: true });
    var down = sorted.column === column && !sorted.down;
    var keyed = all.map(function (r, i) { return { row: r, key: r.cells[column].textContent, at: i }; });
    keyed.sort(function (a, b) {
      var c = order.compare(a.key, b.key);
      return (down ? -c : c) || a.at - b.at;
    });
    all = keyed.map(function (k) { return k.row; });
    texts = null;
    sorted = { column: column, down: down };
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (c) { c.removeAttribute('aria-sort'); });
    th.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    filter();
  }

  Array.prototype.forEach.call(table.tHead.rows[0].cells, function (th, i) {
    var b = make('button', th.textContent);
    b.type = 'button';
    b.title = words.sort;
    b.addEventListener('click', function () { sort(i, th); });
    th.textContent = '';
    th.appendChild(b);
  });
  var waiting = 0;
  input.addEventListener('input', function () {
    clearTimeout(waiting);
    waiting = setTimeout(function () { needle = fold(input.value.trim()); filter(); }, 120);
  });
  back.addEventListener('click', function () { page--; draw(); });
  next.addEventListener('click', function () { page++; draw(); });
  window.addEventListener('beforeprint', function () { put(shown); });
  window.addEventListener('afterprint', draw);
  draw();
}());
