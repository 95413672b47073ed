// A raster on the map: pieces of its pyramid, which the server cuts when they are asked for.

import * as api from "./api.js";

const side = 256;

/** @param fail is called with the problem when a piece does not come. */
export function pieceLayer(library, raster, bounds, fail) {
    const requests = new Map();
    const layer = new library.GridLayer({
        tileSize: side, minNativeZoom: 0, maxNativeZoom: raster.last_level, maxZoom: raster.last_level + 2, bounds,
        noWrap: true,
    });
    // Fetched by script, because an `img` sends no key and does not say what went wrong.
    layer.createTile = ({ x, y, z }, done) => {
        const piece = document.createElement("div");
        const image = Object.assign(new Image(), { alt: "", draggable: false });
        const request = new AbortController();
        requests.set(piece, request);
        piece.append(image);
        load(image, `${raster.url}/pyramid/${z}/${x}/${y}`, request.signal).then(
            () => done(null, piece),
            (error) => {
                if (error.name !== "AbortError") fail(error);
                done(error, piece);
            });
        return piece;
    };
    layer.on("tileunload", ({ tile }) => {
        requests.get(tile)?.abort();
        requests.delete(tile);
    });
    return layer;
}

async function load(image, address, signal) {
    const object = URL.createObjectURL(await api.bytes(address, signal));
    try {
        image.src = object;
        await image.decode();
    } finally {
        URL.revokeObjectURL(object);
    }
    // Pieces at the right and at the bottom are smaller; beyond the last level all are enlarged.
    image.style.width = `${image.naturalWidth / side * 100}%`;
    image.style.height = `${image.naturalHeight / side * 100}%`;
}
