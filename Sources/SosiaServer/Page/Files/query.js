// What is looked for. A query is a value: refining makes another one, so that going back is easy.

/**
 * `base`: the picture that the search began with, as one of
 *   {kind: "file", file, name, preview}, {kind: "picture", picture}, {kind: "url", url},
 *   {kind: "place", picture} for a part of a raster, or null;
 * `part`: the rectangle of it that counts, in fractions of its sides, or null for all of it;
 * `more`, `less`: pictures of the collection that the answer shall and shall not be like, or parts of rasters.
 *
 * A part of a raster is a picture with a `place` ({raster, x, y, width, height}): see `placePicture`.
 */
export const nothing = Object.freeze({ base: null, part: null, more: [], less: [] });

export const fromFile = (file) =>
    ({ ...nothing, base: { kind: "file", file, name: file.name || "pasted picture" } });
export const fromPicture = (picture) => ({ ...nothing, base: { kind: "picture", picture } });
export const fromURL = (url) => ({ ...nothing, base: { kind: "url", url } });

export const isEmpty = (query) => query.base === null && query.more.length === 0;
export const withPart = (query, part) => ({ ...query, part });

const without = (list, picture) => list.filter(({ id }) => id !== picture.id);

/** A place instead of what the search began with. What was said to be good and bad stays, save of the place itself. */
export const atPlace = (query, picture) => ({
    base: { kind: "place", picture }, part: null, more: without(query.more, picture), less: without(query.less, picture),
});

/** @param side "more" or "less"; a picture is on one side at most, and leaves it when it is put there again. */
export function toggling(query, side, picture) {
    const isThere = query[side].some((other) => other.id === picture.id);
    const next = { ...query, more: without(query.more, picture), less: without(query.less, picture) };
    if (!isThere) next[side] = [...next[side], picture];
    return next;
}

/**
 * The body of a search and the file that goes with it.
 * @param size the width and height of the base in pixels; needed where there is a part.
 */
export function requestBody(query, options, cursor, size) {
    const positive = query.more.map(example);
    const negative = query.less.map(example);
    const base = baseExample(query.base);
    if (base) {
        if (query.part && size) base.region = pixels(query.part, size);
        positive.unshift(base);
    }
    const body = { query: { positive, negative }, k: options.k };
    if (options.filter) body.filter = options.filter;
    if (options.mode !== "automatic") body.exact = options.mode === "exact";
    if (cursor) body.cursor = cursor;
    return { body, file: query.base?.kind === "file" ? query.base.file : null };
}

const example = ({ id, place }) => place ? { place } : { id };

function baseExample(base) {
    switch (base?.kind) {
    case "file": return { upload: "picture" };
    case "url": return { url: base.url };
    case "picture":
    case "place": return example(base.picture);
    default: return null;
    }
}

function pixels(part, { width, height }) {
    const x = Math.min(Math.floor(part.x * width), width - 1);
    const y = Math.min(Math.floor(part.y * height), height - 1);
    return {
        x, y,
        width: Math.max(1, Math.min(Math.round(part.width * width), width - x)),
        height: Math.max(1, Math.min(Math.round(part.height * height), height - y)),
    };
}
