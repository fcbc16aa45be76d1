// Prepares Fashion-MNIST as a training set: node prepare.mjs [--idx FOLDER] [--out ../../data/fashion]
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PNG } from 'pngjs';
import { randomFor } from '../faces/random.mjs';
import { caption } from './caption.mjs';
import { Refusal, readHalf } from './idx.mjs';
import { classes, look, size } from './looks.mjs';
import { parts } from './mask.mjs';
import { phrases } from './phrases.mjs';

const debianFolder = '/usr/share/datasets/fashion-mnist';
const heldOutStart = 10_000_000; // captions of the test pictures are drawn far from the others'

// No expert may see two kinds of label for one picture, so each has a fifth of the training pictures of its own; judges learn from pictures
// that no expert is trained on or judged by, and what the experts are compared with from pictures that have all labels.
const fifths = { sketch: {}, segment: { masks: true }, text: { captions: true }, judge: { masks: true, labels: true }, paired: { masks: true, captions: true } };

/** Grey PNG bytes of `size` × `size` bytes. */
export function encode(grey) {
  const png = new PNG({ width: size, height: size });
  png.data = Buffer.from(grey);
  return PNG.sync.write(png, { colorType: 0, inputColorType: 0, inputHasAlpha: false });
}

/** Writes pictures, named by their numbers in the set, into a folder with the labels it may have. */
function writeFolder(folder, pictures, first, firstCaption, { masks = false, captions = false, labels = false }) {
  mkdirSync(join(folder, 'images'), { recursive: true });
  if (masks) mkdirSync(join(folder, 'masks'));
  const captionLines = [], labelLines = [];
  pictures.forEach((entry, i) => {
    const { picture, mask, attributes } = look(entry), file = `${String(first + i).padStart(5, '0')}.png`;
    writeFileSync(join(folder, 'images', file), encode(picture));
    if (masks) writeFileSync(join(folder, 'masks', file), encode(mask.map((inside) => 255 * inside)));
    captionLines.push(`${file}\t${caption(attributes, randomFor(firstCaption + first + i))}\n`);
    labelLines.push(`${JSON.stringify({ file, ...attributes })}\n`);
  });
  if (masks) writeFileSync(join(folder, 'parts.json'), `${JSON.stringify(parts, null, 2)}\n`);
  if (captions) writeFileSync(join(folder, 'captions.txt'), captionLines.join(''));
  if (labels) {
    writeFileSync(join(folder, 'labels.jsonl'), labelLines.join(''));
    writeFileSync(join(folder, 'phrases.json'), `${JSON.stringify(phrases, null, 2)}\n`);
  }
}

/** Reads the whole set, then writes all folders beside each other; they appear under their names once all are whole. */
export function prepare(idx, out) {
  const train = readHalf(idx, 'train', classes.length), test = readHalf(idx, 't10k', classes.length);
  const names = Object.keys(fifths), share = Math.floor(train.length / names.length), part = join(out, '.part');
  if (share === 0 || test.length === 0) throw new Refusal(`'${idx}' holds ${train.length} training and ${test.length} test pictures; that is too few to part them.`);
  try {
    rmSync(part, { recursive: true, force: true });
    names.forEach((name, i) => writeFolder(join(part, name), train.slice(i * share, (i + 1) * share), i * share, 0, fifths[name]));
    writeFolder(join(part, 'held-out'), test, 0, heldOutStart, { masks: true, captions: true, labels: true });
    for (const name of [...names, 'held-out']) {
      rmSync(join(out, name), { recursive: true, force: true });
      renameSync(join(part, name), join(out, name));
    }
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
  return { share, names, heldOut: test.length };
}

if (import.meta.main ?? process.argv[1]?.endsWith('prepare.mjs')) {
  try {
    const { values } = parseArgs({ options: { idx: { type: 'string', default: debianFolder }, out: { type: 'string', default: '../../data/fashion' } } });
    const { share, names, heldOut } = prepare(values.idx, values.out);
    console.log(`${values.out}: ${names.join(', ')} with ${share} pictures each, held-out with ${heldOut}`);
  } catch (error) {
    if (!(error instanceof Refusal) && error.code === undefined) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
