// Put before the script of each of our widgets.

const PATIENCE = 4000; // milliseconds before a widget says that the kernel does not answer

// An element with attributes and children, texts as texts.
function make(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== undefined && value !== null) node.setAttribute(name, value);
  }
  for (const child of children) if (child) node.append(child); // a string becomes a text node
  return node;
}

// Keep what is typed in a widget from the notebook's shortcuts; `act` sees each key that goes down.
function keepKeys(root, act) {
  root.setAttribute("data-lm-suppress-shortcuts", "true");
  for (const kind of ["keydown", "keypress", "keyup", "paste", "copy", "cut"])
    root.addEventListener(kind, (event) => {
      if (kind === "keydown") act(event);
      event.stopPropagation();
    });
}

