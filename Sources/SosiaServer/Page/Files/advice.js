// What to do about each kind of problem. What the server says comes first, this second.

const advice = {
    "body-too-large": "Choose a smaller file.",
    "collection-busy": "Another program is writing to this collection. Try again when it is done.",
    "insufficient-scope": "The key may only read. Ask the server's owner for one that may write.",
    "internal-error": "Try again. If it happens again, the server's log says more.",
    "invalid-cursor": "Search again from the start.",
    "not-a-picture": "Choose a JPEG, PNG, WebP, GIF, TIFF, HEIF, AVIF or BMP file.",
    "original-missing": "The file was moved or deleted where the server runs. Add it again.",
    "overloaded": "The server has much to do.",
    "picture-too-large": "Choose a picture with fewer pixels.",
    "read-only": "This collection can be searched, but not changed.",
    "source-changed": "Its tiles are those of the file as it was.",
    "storage-full": "The server's disk is full. Its owner has to make room.",
    "storage-failed": "Try again. If it happens again, the server's log says more.",
    "too-many-files": "Add fewer pictures at a time.",
    "unauthenticated": "Load the page again to enter a key.",
    "unfetchable": "Save the picture on this device and drop it here.",
    "unknown-collection": "It may have been deleted. Choose another one.",
    "unknown-raster": "It may have been removed. Load the page again.",
    "unknown-picture": "It may have been deleted. Search again.",
    "unreachable": "Check that it runs and that this device is connected, then try again.",
    "url-not-allowed": "Save the picture on this device and drop it here.",
};

/** A sentence or two for people. */
export function explain(problem) {
    const parts = [problem.detail, advice[problem.kind]];
    if (problem.retryAfter) parts.push(`Try again in ${problem.retryAfter} s.`);
    return parts.filter(Boolean).map(sentence).join(" ");
}

/** Whether the same may work later. */
export const isPassing = (problem) =>
    ["overloaded", "unreachable", "collection-busy", "internal-error", "storage-failed", "body-too-slow"]
        .includes(problem.kind);

function sentence(text) {
    const start = text[0].toUpperCase() + text.slice(1);
    return /[.!?]$/.test(start) ? start : `${start}.`;
}
