// SPDX-License-Identifier: Apache-2.0

/** The classes of what is drawn: colour, dash and sign, so that none hangs on colour alone. */
export const classes = [
  { name: "training-sample", colour: "#b3480a", dash: null },
  { name: "training-area", colour: "#0b639b", dash: [10, 5] },
  { name: "stable-ground", colour: "#17693b", dash: [2, 5] },
  { name: "moving", colour: "#8f1d4f", dash: [12, 4, 2, 4] },
  { name: "exclusion", colour: "#4a4a4a", dash: [5, 5] },
  { name: "area-of-interest", colour: "#7b3fa0", dash: [16, 6] },
];

const deepest = 200;

/**
 * Shapes that are being drawn, as GeoJSON features in places, with every state to go back to.
 *
 * A shape is `{id, geometry, properties: {class, label, note, …}}`. Each change makes a new list and leaves the one
 * before as it was, so that undoing is going back to it.
 */
export class DrawingStore {
  #past = [];
  #future = [];
  #listeners = [];
  #last = 0;

  constructor() {
    this.shapes = [];
    this.isSaved = true;
  }

  /** Calls `body` after each change. */
  onChange(body) {
    this.#listeners.push(body);
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /** Adds shapes of GeoJSON geometry and properties; gives the last one. */
  add(additions) {
    const made = additions.map(({ geometry, properties }) => ({ id: this.#nextID(), geometry, properties }));
    this.#set([...this.shapes, ...made]);
    return made.at(-1);
  }

  /** Puts members of a shape in place of those it has. */
  change(id, { geometry, properties }) {
    this.#set(this.shapes.map((shape) => (shape.id === id
      ? { id, geometry: geometry ?? shape.geometry, properties: { ...shape.properties, ...properties } } : shape)));
  }

  remove(id) {
    this.#set(this.shapes.filter((shape) => shape.id !== id));
  }

  /** Begins with other shapes, such as a saved drawing: there is no way back to what was before. */
  open(features) {
    this.#past = [];
    this.#future = [];
    this.shapes = features.map(({ geometry, properties }) => ({ id: this.#nextID(), geometry,
      properties: { ...properties } }));
    this.isSaved = true;
    this.#tell();
  }

  undo() {
    if (this.canUndo) this.#step(this.#past, this.#future);
  }

  redo() {
    if (this.canRedo) this.#step(this.#future, this.#past);
  }

  /** The drawing was saved as it is now. */
  markSaved() {
    this.isSaved = true;
    this.#tell();
  }

  /** The shapes as GeoJSON. */
  get featureCollection() {
    return { type: "FeatureCollection",
      features: this.shapes.map(({ geometry, properties }) => ({ type: "Feature", geometry, properties })) };
  }

  #step(from, to) {
    to.push(this.shapes);
    this.shapes = from.pop();
    this.isSaved = false;
    this.#tell();
  }

  #set(shapes) {
    this.#past.push(this.shapes);
    if (this.#past.length > deepest) this.#past.shift();
    this.#future = [];
    this.shapes = shapes;
    this.isSaved = false;
    this.#tell();
  }

  #tell() {
    for (const listener of this.#listeners) listener();
  }

  #nextID() {
    this.#last += 1;
    return this.#last;
  }
}
