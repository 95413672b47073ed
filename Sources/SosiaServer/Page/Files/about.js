// What a collection holds, its size, model and indexes, and what its engine can do.

const element = (id) => document.getElementById(id);

const indexName = (kind) => kind === "flat" ? "plain scan" : `${kind} index`;

function size(bytes) {
    const units = ["B", "kB", "MB", "GB", "TB"];
    let value = bytes;
    let unit = 0;
    while (value >= 1000 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
    return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** What an engine promises, in words. */
function promises(abilities) {
    const words = [
        `exact answers are ${abilities.exact_proven ? "" : "not "}proven`,
        `recall is ${abilities.recall_calibrated ? "" : "not "}measured`,
        `vectors ${abilities.keeps_vector_bits ? "keep every bit" : "are rounded"}`,
        `${abilities.writers} writer${abilities.writers === "one" ? "" : "s"}`,
        `changes are seen ${abilities.visibility === "at-once" ? "at once" : "after a while"}`,
    ];
    return `${abilities.engine}: ${words.join(", ")}`;
}

/** How much an engine takes, and which upkeep it has. */
function limits(abilities) {
    const sizes = `${abilities.max_k.toLocaleString()} hits, ${abilities.max_dimension.toLocaleString()} dimensions, `
        + `${size(abilities.max_attribute_bytes)} of attributes a picture`;
    const upkeep = abilities.upkeep.length > 0 ? `upkeep: ${abilities.upkeep.join(", ")}` : "no upkeep";
    return `${sizes}; ${abilities.metrics.join(", ")}; ${upkeep}`;
}

export function showFacts(collection) {
    const { name, pictures, model, abilities, bytes } = collection;
    const index = collection.indexes.map(
        ({ kind, rows }) => `${indexName(kind)}, ${rows.toLocaleString()} pictures`);
    const indexBytes = collection.indexes.reduce((sum, { bytes }) => sum + bytes, 0);
    const facts = [
        ["Pictures", pictures.toLocaleString()],
        ["Model", model.name],
        ["Vectors", `${model.dimension.toLocaleString()} dimensions, ${model.metric}`],
        ["Engine", promises(abilities)],
        ["Limits", limits(abilities)],
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
