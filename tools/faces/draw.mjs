// Draws the training set: node draw.mjs [--out data/faces] [--size 64] [--train 21000] [--held-out 2000] [--judge 6000] [--paired 7000] [--captions 8] [--only FOLDER]
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { PNG } from 'pngjs';
import { drawAttributes, palette, visibleAttributes } from './attributes.mjs';
import { balanced, caption } from './caption.mjs';
import { drawMask, parts } from './mask.mjs';
import { phrases } from './phrases.mjs';
import { defaultSize, drawPicture } from './picture.mjs';
import { randomFor } from './random.mjs';

const heldOutStart = 10_000_000, judgeStart = 20_000_000, pairedStart = 30_000_000; // far from every training face
const captionStart = 40_000_000; // further captions have random numbers of their own, so that they change no face

/** Everything about face `index`. */
export function face(index) {
  const random = randomFor(index);
  const attributes = drawAttributes(random);
  return { attributes, caption: caption(attributes, random) };
}

/** `count` captions of face `index`: its own, and further ones that state small parts as often as large ones. */
export function captions(index, count) {
  const random = randomFor(captionStart + index), { attributes, caption: own } = face(index);
  return [own, ...Array.from({ length: count - 1 }, () => caption(attributes, random, balanced))];
}

/** Face `number` of the held-out ones. */
export const heldOutFace = (number) => face(heldOutStart + number);

/** RGB PNG bytes of RGBA pixels. */
export function encode(rgba) {
  const size = Math.sqrt(rgba.length / 4), png = new PNG({ width: size, height: size });
  png.data = Buffer.from(rgba);
  return PNG.sync.write(png, { colorType: 2 });
}

/** Draws `count` faces from `first` into a folder with the labels it may have; a face drawn before is passed over. */
async function drawFolder(folder, size, first, count, drawn, { masks = false, sentences = 0, attributes = false, labels = false }) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'images'), { recursive: true });
  if (masks) mkdirSync(join(folder, 'masks'));
  const captionLines = [], attributeLines = [], labelLines = [];
  for (let index = first, i = 0; i < count; index++) {
    const { attributes: looks } = face(index);
    const picture = encode(drawPicture(looks, size)), bytes = picture.toString('base64');
    await nextTurn(); // the renderer's native memory is given back between turns of the event loop alone: 24 GB without
    if (drawn.has(bytes)) continue;
    drawn.add(bytes);
    const file = `${String(i++).padStart(5, '0')}.png`;
    writeFileSync(join(folder, 'images', file), picture);
    if (masks) writeFileSync(join(folder, 'masks', file), encode(drawMask(looks, size)));
    if (sentences) captionLines.push(...captions(index, sentences).map((sentence) => `${file}\t${sentence}\n`));
    attributeLines.push(`${JSON.stringify({ file, ...looks })}\n`);
    labelLines.push(`${JSON.stringify({ file, ...visibleAttributes(looks) })}\n`);
  }
  if (masks) writeFileSync(join(folder, 'parts.json'), `${JSON.stringify(parts, null, 2)}\n`);
  if (sentences) writeFileSync(join(folder, 'captions.txt'), captionLines.join(''));
  if (attributes) {
    writeFileSync(join(folder, 'attributes.jsonl'), attributeLines.join(''));
    writeFileSync(join(folder, 'palette.json'), `${JSON.stringify(palette, null, 2)}\n`);
  }
  if (labels) {
    writeFileSync(join(folder, 'labels.jsonl'), labelLines.join(''));
    writeFileSync(join(folder, 'phrases.json'), `${JSON.stringify(phrases, null, 2)}\n`);
  }
  console.log(`${folder}: ${count} faces`);
}

if (import.meta.main ?? process.argv[1]?.endsWith('draw.mjs')) {
  const { values } = parseArgs({
    options: {
      out: { type: 'string', default: 'data/faces' },
      size: { type: 'string', default: String(defaultSize) }, // side of the square pictures in pixels
      train: { type: 'string', default: '21000' },
      'held-out': { type: 'string', default: '2000' },
      judge: { type: 'string', default: '6000' },
      paired: { type: 'string', default: '7000' },
      captions: { type: 'string', default: '8' }, // of each face in the folder `text`; faces elsewhere have their own alone
      only: { type: 'string' }, // a folder: the others are there already and stay as they are
    },
  });
  const third = Math.floor(Number(values.train) / 3);
  const drawn = new Set(); // attributes repeat by chance once in a thousand faces
  const draw = async (name, first, count, labels) => {
    const folder = join(values.out, name), images = join(folder, 'images');
    if (!values.only || values.only === name) await drawFolder(folder, Number(values.size), first, count, drawn, labels);
    else if (existsSync(images)) for (const file of readdirSync(images)) drawn.add(readFileSync(join(images, file), 'base64'));
  };
  // No model may see two labels for one picture, so each third has one kind of label (edges are found in the pictures).
  await draw('held-out', heldOutStart, Number(values['held-out']), { masks: true, sentences: 1, attributes: true, labels: true });
  await draw('sketch', 0, third, {});
  await draw('segment', third, third, { masks: true });
  await draw('text', 2 * third, third, { sentences: Number(values.captions) });
  // Later folders are drawn last, so that they change no other. Judges learn from faces that no expert is trained on or judged by;
  await draw('judge', judgeStart, Number(values.judge), { masks: true, labels: true });
  // and what the experts are compared with, a network that is trained on all labels at once, from faces that have them all.
  await draw('paired', pairedStart, Number(values.paired), { masks: true, sentences: 1 });
}
