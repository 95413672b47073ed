// What a collection holds: its size, model and indexes.

const element = (id) => document.getElementById(id);

const indexName = (kind) => kind === "flat" ? "plain scan" : `${kind} index`;

function size(bytes) {
    const units = ["B", "kB", "MB", "GB", "TB"];
    let value = bytes;
    let unit = 0;
    while (value >= 1000 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
    return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

export function showFacts(collection) {
    const { name, pictures, model, bytes } = collection;
    const index = collection.indexes.map(
        ({ kind, rows }) => `${indexName(kind)}, ${rows.toLocaleString()} pictures`);
    const indexBytes = collection.indexes.reduce((sum, { bytes }) => sum + bytes, 0);
    const facts = [
        ["Pictures", pictures.toLocaleString()],
        ["Model", model.name],
        ["Vectors", `${model.dimension.toLocaleString()} dimensions, ${model.metric}`],
        ["Index", index.length > 0 ? index.join("; ") : "none yet: every picture is compared"],
        ["On disk", `${size(bytes.catalog + bytes.vectors + indexBytes)}, indexes ${size(indexBytes)}`],
    ];
    element("about-heading").textContent = name;
    element("facts").replaceChildren(
        ...facts.flatMap(([term, text]) => [
            Object.assign(document.createElement("dt"), { textContent: term }),
            Object.assign(document.createElement("dd"), { textContent: text }),
        ]));
}

/** How long it took and what was looked at, for the line above the results. */
export function timing({ timing_ms: time, plan }) {
    const stages = ["decode", "embed", "search"].filter((name) => time[name] > 0)
        .map((name) => `${name} ${milliseconds(time[name])}`);
    const way = `${plan.exact ? "exact" : "approximate"} (${indexName(plan.index)})`;
    const total = `${milliseconds(time.total)} ms${stages.length > 1 ? `: ${stages.join(", ")}` : ""}`;
    return `${total} · ${way}, ${plan.scanned.toLocaleString()} looked at`;
}

const milliseconds = (value) => value.toFixed(value < 10 ? 1 : 0);
