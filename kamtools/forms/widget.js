// A form in a notebook: drawn from `spec` and `values`, what is typed goes to the kernel as messages.
// Every text gets into the page by textContent or value, never as markup. dom.js is put before this file.

const DELAY = 300; // milliseconds of silence before what was typed is sent

function wide(text) { // in half-width cells: a hanzi counts two
  return [...text].reduce((sum, char) => sum + (char.codePointAt(0) > 0x2e7f ? 2 : 1), 0);
}

function fill(template, params) {
  return template.replace(/\{(\w+)\}/g, (all, name) => (name in params ? String(params[name]) : all));
}

class View {
  constructor(model, el) {
    this.model = model;
    this.id = `v${Date.now().toString(36)}${Math.random().toString(36).slice(2)}`;
    this.dom = `kam-${this.id}`; // begins the ids of this view's elements
    this.spec = model.get("spec");
    this.words = this.spec.words;
    this.sent = 0;
    this.pending = new Map(); // field -> set of the parts touched
    this.timer = this.watch = null;
    this.drawn = model.get("state").redraw;
    this.newRows = 0;
    this.removed = new Map(); // field -> the row deleted last
    this.root = make("section", {
      class: `kam-fill kam-fill-${this.spec.form}`,
      lang: this.spec.lang,
      "aria-label": this.spec.title,
    });
    keepKeys(this.root, (event) => this.key(event));
    this.root.addEventListener("focusout", () => this.flush());
    // Pressing a button leaves the field, which sends it; were the answer drawn before the button is let go, the
    // button might have moved away from under the pointer, and the click would be lost.
    this.pressed = this.held = false;
    // A list that drops down is not held: its pointer goes up outside the page, which never hears of it.
    this.press = (event) => {
      this.released();
      this.pressed = event.target.closest("button, summary, label") !== null;
    };
    this.release = () => { if (this.pressed) setTimeout(() => this.released()); }; // after the click
    this.root.addEventListener("pointerdown", this.press);
    for (const kind of ["pointerup", "pointercancel"]) document.addEventListener(kind, this.release, true);
    el.append(this.root);
    this.draw();
    this.changed = () => this.update();
    model.on("change:state", this.changed);
  }

  // --- drawing

  draw() {
    const focus = this.root.contains(document.activeElement) ? document.activeElement.dataset.path : null;
    const open = new Set([...this.root.querySelectorAll("details[open][data-fold]")].map((d) => d.dataset.fold));
    const folds = this.root.childNodes.length > 0;
    this.inputs = new Map();
    this.notes = new Map();
    this.evidence = new Map();
    this.bodies = new Map();
    this.removed.clear();
    const { spec, words } = this;
    const head = make("div", { class: "kam-fill-header" },
      make("h4", { class: "kam-fill-title" }, make("bdi", {}, spec.title)), make("span", { class: "kam-fill-who" }, spec.who));
    this.readOnly = make("p", { class: "kam-fill-readonly", role: "note" });
    this.notice = make("p", { class: "kam-fill-notice", hidden: true });
    const parts = [head, this.readOnly, this.notice];
    if (spec.help) parts.push(make("p", { class: "kam-fill-help" }, spec.help));
    if (spec.anchors.length) parts.push(this.anchors());
    let grid = null;
    for (const field of spec.fields) {
      if (field.kind === "rows") {
        parts.push(this.table(field));
        grid = null;
      } else {
        if (!grid) parts.push((grid = make("div", { class: "kam-fill-grid" })));
        grid.append(this.single(field));
      }
    }
    parts.push(this.foot());
    this.root.replaceChildren(...parts);
    if (folds)
      for (const fold of this.root.querySelectorAll("details[data-fold]")) fold.open = open.has(fold.dataset.fold);
    const again = focus && this.inputs.get(focus);
    if (again) again.focus({ preventScroll: true });
    this.show();
  }

  anchors() {
    const { words, spec } = this;
    const rows = spec.anchors.map(([level, text]) =>
      make("tr", {}, make("th", { scope: "row" }, level), make("td", {}, text)));
    const head = make("tr", {}, make("th", { scope: "col" }, words.anchor_level), make("th", { scope: "col" }, words.anchor_behaviour));
    return make("details", { class: "kam-fill-anchors", "data-fold": "anchors", open: true },
      make("summary", {}, words.levels), make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows)));
  }

  label(column, target) {
    const label = make("label", { class: "kam-fill-label", for: target }, column.label);
    if (column.required) label.append(this.star());
    return label;
  }

  star() {
    return make("span", { class: "kam-fill-required", title: this.words.required, "aria-label": this.words.required }, " *");
  }

  single(field) {
    const given = this.model.get("values")[field.id];
    const wide = field.kind === "text" && (field.lines > 1 || given.text.length > 60 || given.text.includes("\n"));
    const id = `${this.dom}-${field.id}`;
    const box = make("div", { class: `kam-fill-field kam-kind-${field.kind}${wide ? " kam-wide" : ""}`, "data-field": field.id });
    const input = this.input(field, field.id, given.text, { id, "aria-describedby": `${id}-help ${id}-note` }, field.lines);
    input.addEventListener("input", () => this.touch(field.id, "text", field.kind === "choice" || field.kind === "rating"));
    box.append(this.label(field, id));
    if (field.help) box.append(make("p", { class: "kam-fill-hint", id: `${id}-help` }, field.help));
    box.append(input, this.note(field.id, `${id}-note`), this.source(field, given));
    return box;
  }

  input(column, path, text, attributes, lines) {
    const common = { ...attributes, "data-path": path, "data-col": column.id, "aria-required": column.required ? "true" : null };
    let node;
    if (column.kind === "choice" || column.kind === "rating") {
      node = make("select", common, make("option", { value: "" }, column.kind === "rating" ? "–" : this.words.choose));
      for (const [value, name] of column.options) node.append(make("option", { value }, name));
      if (text && !column.options.some(([value]) => value === text)) node.append(make("option", { value: text }, text));
    } else if (column.kind === "text") {
      const long = Math.ceil(text.length / 60) + (text.match(/\n/g) || []).length;
      node = make("textarea", { ...common, dir: "auto", rows: Math.max(lines || 1, Math.min(long, 12)) });
    } else {
      const hint = column.kind === "date" ? "2026-10-31" : this.bounds(column);
      node = make("input", { ...common, type: "text", inputmode: column.kind === "number" ? "decimal" : null,
        placeholder: hint, autocomplete: "off" });
    }
    node.value = text;
    this.inputs.set(path, node);
    return node;
  }

  bounds({ low, high }) {
    if (low !== null && high !== null) return `${low}–${high}`;
    return low !== null ? `≥ ${low}` : high !== null ? `≤ ${high}` : null;
  }

  note(path, id) {
    const node = make("p", { class: "kam-fill-bad", id, hidden: true });
    this.notes.set(path, node);
    return node;
  }

  source(field, given) {
    const { words } = this;
    const id = `${this.dom}-${field.id}`;
    const line = (part, node) => {
      node.id = `${id}-${part}`;
      node.dataset.path = `${field.id}/@${part}`;
      node.addEventListener("input", () => this.touch(field.id, part, part === "status"));
      this.inputs.set(node.dataset.path, node);
      return make("span", { class: `kam-evidence-${part}` }, make("label", { for: node.id }, words[part]), node);
    };
    const status = make("select", {}, ...this.spec.statuses.map(([value, name]) => make("option", { value }, name)));
    const source = make("textarea", { rows: 1, dir: "auto", placeholder: words.source_hint });
    const date = make("input", { type: "text", placeholder: "2026-10-31", autocomplete: "off" });
    const summary = make("summary", { title: words.evidence });
    const fold = make("details", { class: "kam-evidence", "data-fold": `evidence-${field.id}` }, summary,
      make("div", { class: "kam-evidence-parts" }, line("source", source), line("date", date), line("status", status)),
      this.note(`${field.id}/@date`, `${id}-date-note`));
    this.evidence.set(field.id, { summary, source, date, status });
    return fold;
  }

  table(field) {
    const { words } = this;
    const given = this.model.get("values")[field.id];
    const id = `${this.dom}-${field.id}`;
    const body = make("tbody");
    this.bodies.set(field.id, body);
    const heads = field.columns.map((column) =>
      make("th", { scope: "col", class: `kam-col-${column.kind}`, title: column.help || null }, column.label, column.required && this.star()));
    field.columns.forEach((column, index) => {
      if (column.kind === "choice") heads[index].style.minWidth = `${Math.min(Math.max(...column.options.map(([, name]) => wide(name))) * 7.5 + 44, 240)}px`;
    });
    const corner = make("th", { class: "kam-fill-tools", scope: "col" }, make("span", { class: "kam-hidden" }, "#"));
    for (const row of given.rows) body.append(this.row(field, row.key, row.cells));
    for (let n = given.rows.length; n < Math.max(field.min_rows, 1); n++) body.append(this.row(field, this.newKey(), {}));
    const add = make("button", { type: "button", class: "kam-add" }, `＋ ${words.add}`);
    add.addEventListener("click", () => {
      const row = this.row(field, this.newKey(), {});
      body.append(row);
      this.number(field);
      row.querySelector("textarea, select, input").focus();
    });
    const back = make("button", { type: "button", class: "kam-restore-row", hidden: true }, words.restore_row);
    back.addEventListener("click", () => this.restore(field, back));
    const helps = field.columns.filter((column) => column.help);
    const box = make("div", { class: "kam-fill-table", "data-field": field.id, role: "group", "aria-labelledby": `${id}-label` },
      make("div", { class: "kam-fill-label", id: `${id}-label` }, field.label, (field.required || field.min_rows > 0) && this.star()));
    if (field.help) box.append(make("p", { class: "kam-fill-hint" }, field.help));
    if (given.note) box.append(make("p", { class: "kam-fill-bad" }, given.note));
    if (helps.length)
      box.append(make("details", { class: "kam-fill-columns", "data-fold": `help-${field.id}` }, make("summary", {}, words.help),
        make("dl", {}, ...helps.flatMap((c) => [make("dt", {}, c.label), make("dd", {}, c.help)]))));
    box.append(
      make("div", { class: "kam-fill-scroll" }, make("table", {}, make("thead", {}, make("tr", {}, corner, ...heads)), body)),
      this.note(field.id, `${id}-note`), make("div", { class: "kam-fill-buttons" }, add, back), this.source(field, given));
    this.number(field);
    return box;
  }

  newKey() {
    return `n${this.id}-${++this.newRows}`;
  }

  row(field, key, cells) {
    const up = make("button", { type: "button", class: "kam-up" }, "↑");
    const remove = make("button", { type: "button", class: "kam-delete" }, "✕");
    const line = make("tr", { "data-key": key }, make("td", { class: "kam-fill-tools" }, make("span", { class: "kam-row-number" }), up, remove));
    up.addEventListener("click", () => {
      if (!line.previousElementSibling) return;
      line.previousElementSibling.before(line);
      this.touch(field.id, "rows", true);
      this.number(field);
      up.focus();
    });
    remove.addEventListener("click", () => this.remove(field, line));
    for (const column of field.columns) {
      const path = `${field.id}/${key}/${column.id}`;
      const id = `${this.dom}-${path}`.replace(/[^\w-]/g, "-");
      const input = this.input(column, path, cells[column.id] || "", { "aria-describedby": id }, 2);
      input.addEventListener("input", () => {
        input.dataset.touched = "yes";
        this.touch(field.id, "rows", column.kind === "choice" || column.kind === "rating");
      });
      line.append(make("td", { class: `kam-col-${column.kind}` }, input, this.note(path, id)));
    }
    return line;
  }

  remove(field, line) {
    const next = line.nextElementSibling || line.previousElementSibling;
    this.removed.set(field.id, { line, place: [...line.parentNode.children].indexOf(line) });
    const box = line.closest(".kam-fill-table");
    line.remove();
    const back = box.querySelector(".kam-restore-row");
    back.hidden = false;
    this.touch(field.id, "rows", true);
    this.number(field);
    (next ? next.querySelector(".kam-delete") : box.querySelector(".kam-add")).focus();
  }

  restore(field, back) {
    const { line, place } = this.removed.get(field.id);
    const body = this.bodies.get(field.id);
    body.insertBefore(line, body.children[place] || null);
    for (const input of line.querySelectorAll("[data-col]")) input.dataset.touched = "yes";
    back.hidden = true;
    this.touch(field.id, "rows", true);
    this.number(field);
    line.querySelector("[data-col]").focus();
  }

  number(field) {
    [...this.bodies.get(field.id).children].forEach((line, index) => {
      const number = index + 1;
      line.querySelector(".kam-row-number").textContent = number;
      for (const [name, word] of [["up", this.words.up], ["delete", this.words.delete]]) {
        const button = line.querySelector(`.kam-${name}`);
        button.setAttribute("aria-label", fill(word, { number }));
        button.title = fill(word, { number });
      }
      line.querySelector(".kam-up").disabled = index === 0;
      for (const column of field.columns)
        line.querySelector(`[data-col="${column.id}"]`).setAttribute("aria-label", fill(this.words.row, { label: column.label, number }));
    });
  }

  foot() {
    const { words } = this;
    this.clash = make("div", { class: "kam-fill-clash", role: "alert", hidden: true });
    this.status = make("div", { class: "kam-fill-status", role: "status", "aria-live": "polite" });
    this.save = make("button", { type: "button", class: "kam-save" }, words.save);
    this.discard = make("button", { type: "button", class: "kam-discard" }, words.discard);
    this.undo = make("button", { type: "button", class: "kam-undo" }, words.undo);
    this.save.addEventListener("click", () => this.act("save"));
    this.discard.addEventListener("click", () => this.act("discard"));
    this.undo.addEventListener("click", () => this.act("undo"));
    this.findings = make("div", { class: "kam-fill-findings" });
    this.others = make("div", { class: "kam-fill-others" });
    return make("div", { class: "kam-fill-foot" }, this.clash,
      make("div", { class: "kam-fill-bar" }, this.save, this.discard, this.undo, this.status), this.findings, this.others);
  }

  // --- what the kernel says

  released() {
    this.pressed = false;
    if (this.held) this.update();
  }

  update() {
    this.held = this.pressed;
    if (this.held) return;
    const state = this.model.get("state");
    const mine = state.by === this.id;
    if (mine && state.seen >= this.sent) this.wait(false);
    const typing = this.pending.size > 0 || this.watch !== null;
    if (!typing && (!mine || state.redraw !== this.drawn)) {
      this.drawn = state.redraw;
      this.draw();
    } else this.show();
  }

  show() {
    const state = this.model.get("state");
    const values = this.model.get("values");
    for (const [path, node] of this.notes) {
      const text = state.bad[path] || "";
      node.textContent = text;
      node.hidden = !text;
      const input = this.inputs.get(path);
      if (input) input.setAttribute("aria-invalid", text ? "true" : "false");
      if (text && path.endsWith("/@date")) node.closest("details").open = true;
    }
    for (const [field, parts] of this.evidence) this.showSource(values[field], parts, field);
    this.readOnly.textContent = state.read_only;
    this.readOnly.hidden = !state.read_only;
    if (!this.watch) this.tell(state.kind, state.text);
    this.notice.textContent = state.clash ? state.clash.text : state.text; // seen without going down to the buttons
    this.notice.hidden = !state.clash && !state.dirty;
    this.save.disabled = Boolean(state.read_only || state.clash);
    this.discard.hidden = !state.dirty;
    this.undo.hidden = !state.can_undo;
    this.showClash(state.clash);
    this.showFindings(state);
    this.showOthers(state);
  }

  showSource(value, parts, field) {
    const { words } = this;
    const waits = this.pending.get(field);
    for (const part of ["source", "date", "status"])
      if (document.activeElement !== parts[part] && !(waits && waits.has(part))) parts[part].value = value[part];
    const status = this.spec.statuses.find(([id]) => id === value.status);
    const what = { typed: words.changed, prefill: words.prefilled }[value.origin];
    const there = value.origin !== "" || value.source;
    parts.summary.replaceChildren(
      ...(there
        ? [make("bdi", { class: "kam-source" }, value.source || words.no_source), value.date && ` · ${value.date}`,
           make("span", { class: `kam-status kam-status-${value.status}` }, status ? status[1] : value.status),
           what && make("span", { class: `kam-origin kam-origin-${value.origin}` }, what)]
        : [make("span", { class: "kam-none" }, words.evidence)]
      ).filter(Boolean));
  }

  showClash(clash) {
    this.clash.hidden = !clash;
    if (!clash) return this.clash.replaceChildren();
    const { words } = this;
    const head = make("tr", {}, ...["clash_field", "clash_theirs", "clash_yours"].map((w) => make("th", { scope: "col" }, words[w])));
    const rows = clash.rows.map((row) => make("tr", { class: row.mine ? "kam-mine" : "kam-theirs" }, make("th", { scope: "row" }, row.label),
      make("td", {}, make("bdi", {}, row.theirs)), make("td", {}, make("bdi", {}, row.yours))));
    const reload = make("button", { type: "button", class: "kam-reload" }, words.reload);
    const keep = make("button", { type: "button", class: "kam-keep" }, words.keep_mine);
    keep.disabled = Boolean(this.model.get("state").read_only);
    reload.addEventListener("click", () => this.act("reload"));
    keep.addEventListener("click", () => this.act("keep"));
    this.clash.replaceChildren(make("p", {}, clash.text),
      make("div", { class: "kam-fill-scroll" }, make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows))),
      make("div", { class: "kam-fill-bar" }, reload, keep));
    return undefined;
  }

  showFindings(state) {
    const list = (name, title, found, open) => {
      if (!found.length) return null;
      const items = found.map(({ path, text }) => {
        const go = make("button", { type: "button", class: "kam-goto" }, text);
        go.addEventListener("click", () => this.goTo(path));
        return make("li", {}, go);
      });
      return make("details", { class: `kam-${name}`, "data-fold": name, open }, make("summary", {}, title), make("ul", {}, ...items));
    };
    const was = (name, first) => {
      const before = this.findings.querySelector(`.kam-${name}`);
      return before ? before.open : first;
    };
    const done = !state.gaps.length && !state.wrong.length && make("p", { class: "kam-complete" }, this.words.complete);
    this.findings.replaceChildren(...[list("wrong", state.wrong_title, state.wrong, was("wrong", true)),
      list("gaps", state.gaps_title, state.gaps, was("gaps", false)), done].filter(Boolean));
  }

  showOthers(state) {
    const before = this.others.querySelector("details");
    const items = state.others.map(({ id, text }) => {
      const take = make("button", { type: "button", class: "kam-take" }, this.words.take_up);
      const drop = make("button", { type: "button", class: "kam-drop" }, this.words.drop);
      take.addEventListener("click", () => this.act("take", { id }));
      drop.addEventListener("click", () => this.act("drop", { id }));
      return make("li", {}, make("span", {}, text), " ", take, " ", drop);
    });
    this.others.replaceChildren(...(items.length
      ? [make("details", { "data-fold": "others", open: before ? before.open : true }, make("summary", {}, state.others_title), make("ul", {}, ...items))]
      : []));
  }

  goTo(path) {
    const [field] = path.split("/");
    const box = this.root.querySelector(`[data-field="${field}"]`);
    const input = this.inputs.get(path) || (box && box.querySelector("textarea, select, input, button"));
    if (!input) return;
    const fold = input.closest("details");
    if (fold) fold.open = true;
    input.scrollIntoView({ block: "center" });
    input.focus({ preventScroll: true });
  }

  tell(kind, text) {
    this.status.className = `kam-fill-status kam-${kind}`;
    if (this.status.textContent !== text) this.status.textContent = text;
  }

  // --- what the kernel is told

  key(event) {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s") {
      event.preventDefault(); // the form, not the notebook, nor the browser's page
      if (!this.save.disabled) this.act("save");
    }
  }

  touch(field, part, now) {
    if (!this.pending.has(field)) this.pending.set(field, new Set());
    this.pending.get(field).add(part);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), now ? 0 : DELAY);
  }

  flush() {
    clearTimeout(this.timer);
    if (!this.pending.size) return;
    const fields = {};
    for (const [field, parts] of this.pending) {
      fields[field] = {};
      for (const part of parts) {
        if (part === "rows") fields[field].rows = this.rows(field);
        else fields[field][part] = this.inputs.get(part === "text" ? field : `${field}/@${part}`).value;
      }
    }
    this.pending.clear();
    this.send({ do: "edit", fields });
  }

  rows(field) {
    return [...this.bodies.get(field).children].map((line) => {
      const cells = {};
      for (const input of line.querySelectorAll("[data-touched]")) cells[input.dataset.col] = input.value;
      return { key: line.dataset.key, cells };
    });
  }

  act(what, more) {
    this.flush();
    this.root.classList.add("kam-busy");
    this.tell("info", this.words.busy);
    this.send({ do: what, ...more });
  }

  send(message) {
    this.wait(true);
    this.model.send({ ...message, n: ++this.sent, by: this.id });
  }

  wait(on) {
    clearTimeout(this.watch);
    const late = () => {
      this.root.classList.remove("kam-busy");
      this.tell("warn", this.words.waiting);
    };
    this.watch = on ? setTimeout(late, PATIENCE) : null;
    if (!on) this.root.classList.remove("kam-busy");
  }

  close() {
    this.flush();
    clearTimeout(this.watch);
    this.model.off("change:state", this.changed);
    for (const kind of ["pointerup", "pointercancel"]) document.removeEventListener(kind, this.release, true);
  }
}

export default {
  render({ model, el }) {
    const view = new View(model, el);
    return () => view.close();
  },
};
