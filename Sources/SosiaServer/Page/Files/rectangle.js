// A rectangle on a picture, drawn with mouse, finger or keyboard. All measures are fractions of the picture's sides.

const smallest = 0.04;
const step = 0.02;
const between = (value, low, high) => Math.min(Math.max(value, low), high);

export class Rectangle extends EventTarget {
    #stage;
    #box;
    #value = null;
    #drag = null;
    #settling = 0;

    /** Sends `change` with the value as `detail` once the rectangle is as the person wants it. */
    constructor(stage, box) {
        super();
        this.#stage = stage;
        this.#box = box;
        stage.addEventListener("pointerdown", (event) => this.#begin(event));
        stage.addEventListener("pointermove", (event) => this.#move(event));
        stage.addEventListener("pointerup", () => this.#end());
        stage.addEventListener("pointercancel", () => this.#abandon());
        box.addEventListener("keydown", (event) => this.#key(event));
    }

    get value() { return this.#value; }

    /** Shows a rectangle, or none, without an event. */
    show(value) {
        clearTimeout(this.#settling);
        this.#value = value;
        this.#box.hidden = value === null;
        if (!value) return;
        for (const [side, measure] of [["left", "x"], ["top", "y"], ["width", "width"], ["height", "height"]]) {
            this.#box.style[side] = `${value[measure] * 100}%`;
        }
        this.#box.setAttribute("aria-label", `Part of the picture: ${describe(value)}`);
    }

    /** Puts a rectangle into the middle and the keyboard on it. */
    start() {
        this.show({ x: 0.25, y: 0.25, width: 0.5, height: 0.5 });
        this.#box.focus();
        this.#announce();
    }

    #point(event) {
        const bounds = this.#stage.getBoundingClientRect();
        return {
            x: between((event.clientX - bounds.left) / bounds.width, 0, 1),
            y: between((event.clientY - bounds.top) / bounds.height, 0, 1),
        };
    }

    #begin(event) {
        if (event.button !== 0 || this.#stage.classList.contains("without-picture")) return;
        const start = this.#point(event);
        const edges = event.target.dataset?.edges;
        const before = this.#value;
        if (edges && before) {
            // The opposite corner stays where it is.
            const anchor = {
                x: edges.includes("w") ? before.x + before.width : before.x,
                y: edges.includes("n") ? before.y + before.height : before.y,
            };
            this.#drag = { before, anchor };
        } else if (event.target === this.#box && before) {
            this.#drag = { before, offset: { x: start.x - before.x, y: start.y - before.y } };
        } else {
            this.#drag = { before, anchor: start };
        }
        this.#stage.setPointerCapture(event.pointerId);
        event.preventDefault();
        this.#box.focus({ preventScroll: true });
    }

    #move(event) {
        if (!this.#drag) return;
        const point = this.#point(event);
        const { anchor, offset, before } = this.#drag;
        if (offset) {
            this.show({
                ...before,
                x: between(point.x - offset.x, 0, 1 - before.width),
                y: between(point.y - offset.y, 0, 1 - before.height),
            });
        } else {
            this.show({
                x: Math.min(anchor.x, point.x), y: Math.min(anchor.y, point.y),
                width: Math.abs(anchor.x - point.x), height: Math.abs(anchor.y - point.y),
            });
        }
    }

    #end() {
        if (!this.#drag) return;
        const { before } = this.#drag;
        this.#drag = null;
        // A click is not a rectangle.
        if (this.#value && (this.#value.width < smallest || this.#value.height < smallest)) this.show(before);
        if (this.#value !== before) this.#announce();
    }

    #abandon() {
        if (!this.#drag) return;
        this.show(this.#drag.before);
        this.#drag = null;
    }

    #key(event) {
        if (event.key === "Escape" || event.key === "Delete") {
            event.preventDefault();
            this.show(null);
            this.#announce();
            return;
        }
        const arrows = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
        const change = arrows[event.key];
        if (!change || !this.#value) return;
        event.preventDefault();
        const { x, y, width, height } = this.#value;
        this.show(event.shiftKey
            ? {
                x, y, width: between(width + change[0], smallest, 1 - x),
                height: between(height + change[1], smallest, 1 - y),
            }
            : { x: between(x + change[0], 0, 1 - width), y: between(y + change[1], 0, 1 - height), width, height });
        this.#settling = setTimeout(() => this.#announce(), 500);
    }

    #announce() {
        this.dispatchEvent(new CustomEvent("change", { detail: this.#value }));
    }
}

export function describe({ x, y, width, height }) {
    const percent = (value) => `${Math.round(value * 100)} %`;
    return `${percent(width)} wide, ${percent(height)} high, ${percent(x)} from the left, ${percent(y)} from the top`;
}
