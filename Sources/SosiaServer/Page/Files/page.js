"use strict";

fetch("/v1/collections").then((response) => response.json()).then(({ collections }) => {
    const sizes = collections.map(({ name, pictures }) => `${name}: ${pictures} pictures`);
    document.getElementById("collection").textContent = sizes.join(", ");
});
