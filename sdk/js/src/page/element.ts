/** Elements of the page. Texts become text, never markup. */

type Child = Node | string | number | false | null | undefined;

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, string | boolean | undefined> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (typeof value === "string") made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== false && child !== null && child !== undefined).map((child) => (typeof child === "number" ? String(child) : (child as Node | string))));
  return made;
}

export function button(label: string, attributes: Record<string, string | undefined>, press: () => void): HTMLButtonElement {
  const made = element("button", { type: "button", ...attributes }, label);
  made.addEventListener("click", press);
  return made;
}

/** A cell: text, or a number to the right. */
export type Cell = { text: string | Node; number?: true; wide?: true };

/** A table that scrolls by itself where the page is narrow. */
export function table(label: string, header: readonly Cell[], rows: readonly (readonly Cell[])[], of?: (row: number) => string): HTMLElement {
  const line = (tag: "th" | "td", cells: readonly Cell[], kind?: string) => {
    const made = cells.map(({ text, number, wide }) => {
      const scope = tag === "th" ? "col" : undefined;
      return element(tag, { class: number ? "number" : wide ? "wide" : undefined, scope }, text);
    });
    return element("tr", { class: kind || undefined }, ...made);
  };
  const body = rows.map((cells, at) => line("td", cells, of?.(at)));
  const made = element("table", {}, element("thead", {}, line("th", header)), element("tbody", {}, ...body));
  return element("div", { class: "scroll", role: "region", "aria-label": label, tabindex: "0" }, made);
}

/** A long list, a hundred at a time. */
export function inParts<Item>(items: readonly Item[], show: (item: Item) => HTMLElement): HTMLElement {
  const STEP = 100;
  const list = element("div");
  let shown = 0;
  const more = button("", { class: "more" }, () => {
    const first = next();
    first?.querySelector<HTMLElement>("summary, button")?.focus();
  });
  const next = () => {
    const made = items.slice(shown, shown + STEP).map(show);
    list.append(...made);
    shown += made.length;
    more.hidden = shown >= items.length;
    more.textContent = `Show ${Math.min(STEP, items.length - shown)} more of ${items.length}`;
    return made[0];
  };
  next();
  return element("div", {}, list, more);
}
