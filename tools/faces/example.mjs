// Writes a held-out face as example input: node example.mjs <number> <folder> [part,part …] [size]
// Only the named parts of the mask are stated; the rest is transparent, which means unknown.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { encode, heldOutFace } from './draw.mjs';
import { drawMask, parts } from './mask.mjs';
import { defaultSize, drawPicture } from './picture.mjs';

const [number, folder, stated, side] = process.argv.slice(2), size = Number(side ?? defaultSize);
const { attributes, caption } = heldOutFace(Number(number));
const kept = new Set(parts.filter((part) => !stated || stated.split(',').includes(part.name)).map((part) => part.color));
const mask = drawMask(attributes, size);
for (let i = 0; i < mask.length; i += 4) {
  if (!kept.has('#' + mask.subarray(i, i + 3).toString('hex'))) mask.fill(0, i, i + 4);
}
const png = new PNG({ width: size, height: size });
png.data = mask;
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'face.png'), encode(drawPicture(attributes, size)));
writeFileSync(join(folder, 'mask.png'), PNG.sync.write(png));
writeFileSync(join(folder, 'sentence.txt'), `${caption}\n`);
