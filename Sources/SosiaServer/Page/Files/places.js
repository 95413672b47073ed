// Places of a raster: in pixels, and on earth where the raster has a place there.

const between = (value, low, high) => Math.min(Math.max(value, low), high);

/** The window of a tile whose middle is at a pixel, moved so that it lies in the raster; null for a pixel beside it. */
export function windowAround(raster, x, y) {
    if (x < 0 || y < 0 || x >= raster.width || y >= raster.height) return null;
    const width = Math.min(raster.tile, raster.width);
    const height = Math.min(raster.tile, raster.height);
    return {
        x: between(Math.floor(x) - Math.floor(width / 2), 0, raster.width - width),
        y: between(Math.floor(y) - Math.floor(height / 2), 0, raster.height - height),
        width, height,
    };
}

/** What stands for a part of a raster in a query: it is shown as a picture is, and marked as one. */
export function placePicture(raster, window) {
    const words = [window.x, window.y, window.width, window.height].join(",");
    const { width, height } = window;
    return {
        id: `${raster.id}#${words}`, name: `${raster.name}#${words}`, width, height,
        thumb_url: `${raster.url}/windows/${words}/thumb`,
        place: { raster: raster.id, ...window }, tile: { raster: raster.id, window },
        where: position(raster, window.x + width / 2, window.y + height / 2),
    };
}

/** Pixels, and degrees between those of the raster's corners where its edges are straight, which is good to some metres. */
export function position(raster, x, y) {
    const pixels = `${Math.floor(x).toLocaleString()}, ${Math.floor(y).toLocaleString()} px`;
    if (raster.outline?.length !== 4) return pixels;
    const [across, down] = [x / raster.width, y / raster.height];
    const [upperLeft, upperRight, lowerRight, lowerLeft] = raster.outline;
    const [longitude, latitude] = [0, 1].map((axis) => {
        const upper = upperLeft[axis] * (1 - across) + upperRight[axis] * across;
        const lower = lowerLeft[axis] * (1 - across) + lowerRight[axis] * across;
        return upper * (1 - down) + lower * down;
    });
    return `${degrees(longitude, latitude, 4)} · ${pixels}`;
}

/** Longitudes of an outline across the antimeridian go on beyond 180. */
export function degrees(longitude, latitude, digits) {
    const turned = ((longitude + 180) % 360 + 360) % 360 - 180;
    const word = (value, positive, negative) => `${Math.abs(value).toFixed(digits)}° ${value < 0 ? negative : positive}`;
    return `${word(latitude, "N", "S")}, ${word(turned, "E", "W")}`;
}
