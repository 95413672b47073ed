// The filter and the attributes that can be asked for.

const plain = /^[A-Za-z_][A-Za-z0-9_]*$/;
const words = /^(and|or|not|in|is|null|true|false)$/i;

const quotedName = (name) => plain.test(name) && !words.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
const quotedValue = (value) => typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value);

/** The filter with one more condition. */
export function joined(filter, name, value) {
    const condition = `${quotedName(name)} = ${quotedValue(value)}`;
    const before = filter.trim();
    if (!before) return condition;
    return /\bor\b/i.test(before) ? `(${before}) AND ${condition}` : `${before} AND ${condition}`;
}

/**
 * A control for each attribute: a choice of its values where they are few, else a button that writes its name.
 * @param change is called with the new filter and whether it is complete.
 */
export function attributeControls(attributes, input, change) {
    return attributes.map(({ name, kinds, pictures, values }) => {
        const description = `${name}: ${kinds.join(" or ")}, ${pictures.toLocaleString()} pictures`;
        if (!values) {
            const button = document.createElement("button");
            Object.assign(button, { type: "button", textContent: name, title: description });
            button.addEventListener("click", () => {
                const before = input.value.trim();
                change(`${before ? `${before} AND ` : ""}${quotedName(name)} `, false);
            });
            return button;
        }
        const select = document.createElement("select");
        select.title = description;
        select.setAttribute("aria-label", `Only pictures with this ${name}`);
        select.append(new Option(name, ""), ...values.map((value, index) => new Option(String(value), String(index))));
        select.addEventListener("change", () => {
            if (select.value !== "") change(joined(input.value, name, values[Number(select.value)]), true);
            select.value = "";
        });
        return select;
    });
}
