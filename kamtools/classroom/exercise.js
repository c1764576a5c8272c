// An exercise in a notebook: drawn from `spec`; the answer goes to the kernel with the click, what it says comes back
// as `outcome`. Every text gets into the page as text. forms/dom.js is put before this file.

function field(spec) { // the part for the answer, and a function that reads it
  const { words, kept } = spec;
  if (spec.kind === "multi") {
    const chosen = new Set(Array.isArray(kept) ? kept : []);
    const boxes = spec.options.map(([value, text]) => {
      const box = make("input", { type: "checkbox", value, checked: chosen.has(value) });
      return [box, make("label", {}, box, " ", text)];
    });
    const part = make("fieldset", {}, make("legend", {}, words.your_answer), ...boxes.map(([, label]) => label));
    return [part, () => boxes.filter(([box]) => box.checked).map(([box]) => box.value)];
  }
  if (spec.kind === "number") {
    const input = make("input", { type: "text", inputmode: "decimal", autocomplete: "off", placeholder: words.type });
    input.value = kept === null ? "" : String(kept);
    return [make("label", {}, words.your_answer, " ", input), () => input.value];
  }
  const pick = make("select", {}, make("option", { value: "" }, words.choose),
    ...spec.options.map(([value, text]) => make("option", { value }, text)));
  const current = spec.kind === "opinion" ? kept && kept.choice : kept;
  pick.value = spec.options.some(([value]) => value === current) ? current : "";
  const choice = make("label", {}, words.your_answer, " ", pick);
  if (spec.kind === "choice") return [choice, () => pick.value];
  const why = make("textarea", { rows: 4, dir: "auto", placeholder: words.why });
  why.value = (kept && kept.why) || "";
  const reason = make("label", { class: "kam-why" }, words.your_reason, why);
  return [make("div", {}, choice, reason), () => ({ choice: pick.value, why: why.value })];
}

function render({ model, el }) {
  const spec = model.get("spec");
  const { words } = spec;
  const [part, read] = field(spec);
  const feedback = make("div", { class: "kam-feedback", role: "status", "aria-live": "polite" });
  let watch = null;

  const tell = (status, label, text) =>
    feedback.replaceChildren(make("div", { class: "kam-outcome", "data-status": status }, make("b", {}, label), text));
  const show = () => {
    clearTimeout(watch);
    const { status, label, text } = model.get("outcome");
    tell(status, label, text);
  };
  const send = (message) => {
    clearTimeout(watch);
    watch = setTimeout(() => tell("error", "", words.waiting), PATIENCE);
    model.send(message);
  };
  const check = () => send({ do: "check", answer: read() });
  const buttons = [["check", check], ["hint", () => send({ do: "hint" })], ["solution", () => send({ do: "solution" })]].map(
    ([name, act]) => {
      const button = make("button", { type: "button", class: `kam-${name}`, title: words[`button_${name}_tip`] }, words[`button_${name}`]);
      button.addEventListener("click", act);
      return button;
    });
  const root = make("section", {
    class: `kam-exercise kam-exercise-${spec.id.replaceAll(".", "-")}`,
    lang: spec.lang,
    "aria-label": words.title,
  }, make("p", { class: "kam-question" }, make("b", {}, words.title), make("br"), words.question),
    part, make("div", { class: "kam-buttons" }, ...buttons), feedback);
  keepKeys(root, (event) => {
    if (event.key === "Enter" && !event.isComposing && event.target.type === "text") check();
  });
  el.append(root);
  show();
  model.on("change:outcome", show);
  return () => {
    clearTimeout(watch);
    model.off("change:outcome", show);
  };
}

export default { render };
