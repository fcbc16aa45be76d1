import { palette } from './attributes.mjs';
import { defaultSize, drawing, render } from './picture.mjs';

/** The classes of a part mask with the colours they have in mask pictures. */
export const parts = [
  { name: 'background', color: '#000000' },
  { name: 'skin', color: '#e6b48c' },
  { name: 'hair', color: '#8c3c14' },
  { name: 'brows', color: '#ff9600' },
  { name: 'eyes', color: '#1e90ff' },
  { name: 'mouth', color: '#dc143c' },
  { name: 'facial hair', color: '#9acd32' },
  { name: 'glasses', color: '#8a2be2' },
  { name: 'hat', color: '#00c8a0' },
  { name: 'clothes', color: '#c0c0c0' },
];
const colorOf = Object.fromEntries(parts.map((part) => [part.name, part.color]));

// The groups of avataaars' base drawing, in the order in which it paints them.
const groups = [
  ['clothes', '<g transform="translate(0 170)">'],
  ['mouth', '<g transform="translate(78 134)">'],
  ['skin', '<g transform="translate(104 122)">'], // the nose
  ['eyes', '<g transform="translate(76 90)">'],
  ['brows', '<g transform="translate(76 82)">'],
  ['top', '<g transform="translate(-1)">'],
  ['facial hair', '<g transform="translate(49 72)">'],
  ['glasses', '<g transform="translate(62 42)">'],
];
const supersampling = 4;

/** The same drawing with every part painted in its own flat colour; RGBA bytes, size × size. */
export function drawMask(face, size = defaultSize) {
  const body = drawing(face);
  const starts = groups.map(([, tag]) => body.indexOf(tag));
  if (starts.some((start) => start < 0)) throw new Error('avataaars no longer paints the groups this file knows');
  let flat = paint(body.slice(0, starts[0]), () => colorOf.skin);
  groups.forEach(([part], i) => {
    const group = body.slice(starts[i], starts[i + 1]);
    const hair = palette.hair[face.hairColor];
    flat += paint(group, part !== 'top' ? () => colorOf[part]
      : (fill) => colorOf[face.hat ? (fill === hair ? 'hair' : 'hat') : 'hair'], part === 'skin' || part === 'top' || part === 'clothes');
  });
  return majority(render(flat, colorOf.background, size * supersampling, true), size);
}

/** Repaints every shape; shadows (translucent black) leave what lies under them where `dropShadows` says so. */
function paint(svg, colorFor, dropShadows = true) {
  return svg.replace(/<(path|circle|ellipse|rect|g)\b[^>]*>/g, (tag) => {
    const fill = /fill="(#[^"]+|url[^"]+)"/.exec(tag)?.[1];
    if (!fill) return tag;
    const isShadow = /(fill-opacity|opacity)=/.test(tag) && /^#000/.test(fill);
    const clean = tag.replace(/ ((fill-)?opacity|style)="[^"]*"/g, '');
    return clean.replace(/fill="[^"]+"/, isShadow && dropShadows ? 'fill="none"' : `fill="${colorFor(fill)}"`);
  });
}

/** Each output pixel takes the colour that most of its supersampled pixels have. */
function majority(fine, size) {
  const side = size * supersampling, coarse = Buffer.alloc(size * size * 4);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const votes = new Map();
      for (let dy = 0; dy < supersampling; dy++) {
        for (let dx = 0; dx < supersampling; dx++) {
          const at = ((y * supersampling + dy) * side + x * supersampling + dx) * 4;
          const color = fine.readUInt32BE(at);
          votes.set(color, (votes.get(color) ?? 0) + 1);
        }
      }
      const winner = [...votes].reduce((best, vote) => (vote[1] > best[1] ? vote : best))[0];
      coarse.writeUInt32BE(winner, (y * size + x) * 4);
    }
  }
  return coarse;
}
