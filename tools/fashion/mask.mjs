// The silhouette of a garment in its picture.

/** The classes of a part mask with the colours they have in mask pictures. */
export const parts = [
  { name: 'background', color: '#000000' },
  { name: 'garment', color: '#ffffff' },
];

const ink = 12; // of 255: the set's background is 0, with a faint halo about what lies on it
const seeThrough = 14; // pixels: a smaller hole is a dark print, a larger one the opening under a handle or a strap
const speck = 8; // pixels: what is smaller and lies apart is no part of the garment

/** Which pixels of a grey picture, `side` × `side`, belong to the garment: 1 or 0 each. */
export function silhouette(grey, side) {
  const mask = Uint8Array.from(grey, (value) => (value > ink ? 1 : 0));
  const holes = regions(mask, side, 0, false).filter((hole) => !hole.atEdge && hole.pixels.length < seeThrough);
  for (const hole of holes) for (const at of hole.pixels) mask[at] = 1;
  const pieces = regions(mask, side, 1, true), largest = Math.max(0, ...pieces.map((piece) => piece.pixels.length));
  for (const piece of pieces) if (piece.pixels.length < Math.min(speck, largest)) for (const at of piece.pixels) mask[at] = 0;
  return mask;
}

/** The four or eight pixels about one, those that there are. */
function neighbours(at, side, diagonal) {
  const x = at % side, y = (at - x) / side, found = [];
  for (let dy = -1; dy <= 1; dy++) {
    for (let dx = -1; dx <= 1; dx++) {
      if ((dx || dy) && (diagonal || !dx || !dy) && x + dx >= 0 && x + dx < side && y + dy >= 0 && y + dy < side) found.push(at + dy * side + dx);
    }
  }
  return found;
}

/** Connected regions of one value, and whether each reaches the picture's edge. */
function regions(map, side, value, diagonal) {
  const found = [], seen = new Uint8Array(map.length);
  for (let start = 0; start < map.length; start++) {
    if (seen[start] || map[start] !== value) continue;
    const pixels = [start];
    let atEdge = false;
    seen[start] = 1;
    for (let i = 0; i < pixels.length; i++) {
      const x = pixels[i] % side, y = (pixels[i] - x) / side;
      atEdge ||= x === 0 || y === 0 || x === side - 1 || y === side - 1;
      for (const next of neighbours(pixels[i], side, diagonal)) {
        if (!seen[next] && map[next] === value) seen[next] = 1, pixels.push(next);
      }
    }
    found.push({ pixels, atEdge });
  }
  return found;
}
