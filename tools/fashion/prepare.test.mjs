import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { randomFor } from '../faces/random.mjs';
import { caption, classWords } from './caption.mjs';
import { readHalf } from './idx.mjs';
import { classes, look, measure, size } from './looks.mjs';
import { silhouette } from './mask.mjs';
import { phrases } from './phrases.mjs';

const folder = () => mkdtempSync(join(tmpdir(), 'fashion-'));
const debian = '/usr/share/datasets/fashion-mnist';
const skip = existsSync(debian) ? false : `Debian's dataset-fashion-mnist is not installed`;

/** IDX bytes of a magic number, dimensions and data. */
function idx(magic, dimensions, data) {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  [magic, ...dimensions].forEach((number, i) => header.writeUInt32BE(number, 4 * i));
  return Buffer.concat([header, Buffer.from(data)]);
}

/** A 28×28 picture with a block of one grey, different for each number. */
function block(number) {
  const grey = Buffer.alloc(28 * 28);
  for (let y = 2; y < 26; y++) grey.fill(60 + (number % 190), y * 28 + 3, y * 28 + 5 + 2 * (number % 11));
  return grey;
}

/** A folder of the set's four files, with few pictures; each file may be replaced. */
function writeSet({ train = 12, test: heldOut = 4, ...files } = {}) {
  const at = folder();
  for (const [name, count] of [['train', train], ['t10k', heldOut]]) {
    const pictures = Array.from({ length: count }, (_, i) => block(i + (name === 't10k' ? 100 : 0)));
    const images = `${name}-images-idx3-ubyte.gz`, labels = `${name}-labels-idx1-ubyte.gz`;
    writeFileSync(join(at, images), files[images] ?? gzipSync(idx(0x803, [count, 28, 28], Buffer.concat(pictures))));
    writeFileSync(join(at, labels), files[labels] ?? gzipSync(idx(0x801, [count], pictures.map((_, i) => i % 10))));
  }
  return at;
}

const prepare = (idxFolder, out) => spawnSync(process.execPath, ['prepare.mjs', '--idx', idxFolder, '--out', out], { cwd: import.meta.dirname, encoding: 'utf8' });

test('every fifth has its own kind of labels, and no picture is in two folders', () => {
  const out = join(folder(), 'new');
  const { status, stderr } = prepare(writeSet(), out);
  assert.equal(status, 0, stderr);
  assert.deepEqual(readdirSync(out).sort(), ['held-out', 'judge', 'paired', 'segment', 'sketch', 'text']);
  assert.deepEqual(readdirSync(join(out, 'sketch')), ['images']);
  assert.deepEqual(readdirSync(join(out, 'segment')).sort(), ['images', 'masks', 'parts.json']);
  assert.deepEqual(readdirSync(join(out, 'text')).sort(), ['captions.txt', 'images']);
  assert.deepEqual(readdirSync(join(out, 'judge')).sort(), ['images', 'labels.jsonl', 'masks', 'parts.json', 'phrases.json']);
  assert.deepEqual(readdirSync(join(out, 'paired')).sort(), ['captions.txt', 'images', 'masks', 'parts.json']);
  assert.deepEqual(readdirSync(join(out, 'held-out')).sort(), ['captions.txt', 'images', 'labels.jsonl', 'masks', 'parts.json', 'phrases.json']);
  const files = readdirSync(out).flatMap((name) => readdirSync(join(out, name, 'images')).map((file) => join(out, name, 'images', file)));
  assert.equal(files.length, 5 * 2 + 4);
  assert.equal(new Set(files.map((file) => readFileSync(file, 'base64'))).size, files.length);
});

test('a picture is the set\'s in the middle of 32×32, and its mask is black and white', () => {
  const out = folder();
  prepare(writeSet(), out);
  const picture = PNG.sync.read(readFileSync(join(out, 'segment', 'images', '00003.png'))), mask = PNG.sync.read(readFileSync(join(out, 'segment', 'masks', '00003.png')));
  assert.deepEqual([picture.width, picture.height, mask.width, mask.height], [size, size, size, size]);
  const expected = block(3);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const inside = x >= 2 && y >= 2 && x < 30 && y < 30, grey = inside ? expected[(y - 2) * 28 + x - 2] : 0;
      assert.equal(picture.data[4 * (y * size + x)], grey);
      assert.equal(mask.data[4 * (y * size + x)], grey ? 255 : 0);
    }
  }
});

test('what was prepared before is replaced, and the same again', () => {
  const set = writeSet(), out = folder();
  const captions = () => readFileSync(join(out, 'text', 'captions.txt'), 'utf8');
  prepare(set, out);
  const before = captions();
  writeFileSync(join(out, 'text', 'images', 'stray.png'), '');
  assert.equal(prepare(set, out).status, 0);
  assert.equal(captions(), before);
  assert.ok(!existsSync(join(out, 'text', 'images', 'stray.png')));
});

const images = 'train-images-idx3-ubyte.gz', labels = 'train-labels-idx1-ubyte.gz', pixels = Buffer.alloc(12 * 28 * 28);
const bad = [
  ['is cut short inside gzip', { [images]: gzipSync(idx(0x803, [12, 28, 28], pixels)).subarray(0, 30) }, /images.* is cut short: its gzip data have no end\./],
  ['holds fewer pictures than it tells', { [images]: gzipSync(idx(0x803, [12, 28, 28], pixels.subarray(1))) }, /images.* is cut short: it tells of 9408 bytes and holds 9407\./],
  ['holds more than it tells', { [images]: gzipSync(idx(0x803, [11, 28, 28], pixels)) }, /images.* is damaged: it tells of 8624 bytes and holds 9408\./],
  ['has no whole header', { [images]: gzipSync(Buffer.from([0, 0, 8, 3, 0])) }, /images.* is cut short: it has no whole IDX header\./],
  ['has no magic number', { [images]: gzipSync(Buffer.from([0, 0])) }, /images.* is cut short: it has no whole IDX header\./],
  ['is of labels, not pictures', { [images]: gzipSync(idx(0x801, [12], Buffer.alloc(12))) }, /images.* is an IDX file of another type: its magic number is 0x00000801, not 0x00000803/],
  ['is of numbers, not bytes', { [labels]: gzipSync(idx(0xc01, [12], Buffer.alloc(48))) }, /labels.* is an IDX file of another type: its magic number is 0x00000c01, not 0x00000801/],
  ['has pictures of another size', { [images]: gzipSync(idx(0x803, [12, 32, 32], Buffer.alloc(12 * 1024))) }, /images.* has pictures of 32×32 pixels, not 28×28\./],
  ['is not gzip', { [images]: idx(0x803, [12, 28, 28], pixels) }, /images.* is not gzip;/],
  ['is damaged inside gzip', { [labels]: Buffer.concat([gzipSync(Buffer.alloc(12)).subarray(0, 10), Buffer.alloc(40, 255)]) }, /labels.* is damaged: its gzip data cannot be read/],
  ['has another number of labels than pictures', { [labels]: gzipSync(idx(0x801, [11], Buffer.alloc(11))) }, /has 12 pictures, but '.*' 11 labels\./],
  ['has a label that is no class', { [labels]: gzipSync(idx(0x801, [12], Buffer.alloc(12, 10))) }, /labels.* has the label 10; the set's labels are 0 to 9\./],
];
for (const [what, files, sentence] of bad) {
  test(`a file that ${what} is refused in one sentence`, () => {
    const out = folder(), { status, stdout, stderr } = prepare(writeSet(files), out);
    assert.equal(status, 1);
    assert.match(stderr, sentence);
    assert.equal(stderr.trim().split('\n').length, 1, stderr);
    assert.equal(stdout, '');
    assert.deepEqual(readdirSync(out), []);
  });
}

test('a folder without the files, too few pictures, and a place that cannot be written are refused in one sentence', () => {
  const inTheWay = join(folder(), 'file');
  writeFileSync(inTheWay, '');
  for (const [set, out, sentence] of [[folder(), folder(), /There is no '.*train-images.*'; install/], [writeSet({ train: 4 }), folder(), /too few to part/], [writeSet(), inTheWay, /file/]]) {
    const { status, stderr } = prepare(set, out);
    assert.equal(status, 1);
    assert.match(stderr, sentence);
    assert.equal(stderr.trim().split('\n').length, 1, stderr);
  }
  const { status, stderr } = spawnSync(process.execPath, ['prepare.mjs', '--size', '64'], { cwd: import.meta.dirname, encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stderr, /--size/);
});

test('small holes are part of the silhouette, large ones and specks are not', () => {
  const draw = (...rectangles) => {
    const grey = new Uint8Array(size * size);
    for (const [left, top, right, bottom, value] of rectangles) for (let y = top; y < bottom; y++) grey.fill(value, y * size + left, y * size + right);
    return grey;
  };
  const at = (mask, x, y) => mask[y * size + x];
  const garment = silhouette(draw([4, 4, 28, 28, 200], [6, 6, 9, 9, 0], [12, 12, 20, 20, 0], [1, 1, 3, 3, 200], [29, 4, 31, 28, 5]), size);
  assert.equal(at(garment, 7, 7), 1, 'a dark print');
  assert.equal(at(garment, 15, 15), 0, 'the opening under a handle');
  assert.equal(at(garment, 1, 1), 0, 'a speck');
  assert.equal(at(garment, 30, 10), 0, 'a faint halo');
  assert.equal(at(garment, 5, 5), 1);
  assert.equal(silhouette(draw([4, 4, 6, 6, 200]), size).reduce((sum, inside) => sum + inside), 4, 'a garment as small as a speck');
  assert.equal(silhouette(draw(), size).reduce((sum, inside) => sum + inside), 0, 'an empty picture');
});

test('brightness and width are those of the silhouette', () => {
  const grey = Buffer.alloc(28 * 28);
  for (let y = 4; y < 24; y++) grey.fill(y < 14 ? 100 : 200, y * 28 + 2, y * 28 + (y < 14 ? 12 : 22));
  const { picture, mask, attributes } = look({ grey, label: 8 });
  const { brightness, width } = measure(picture, mask);
  assert.ok(Math.abs(brightness - (10 * 10 * 100 + 10 * 20 * 200) / 300) < 1e-9);
  assert.equal(width, 15);
  assert.deepEqual(attributes, { class: 'bag', brightness: 'medium', width: 'medium' });
  assert.deepEqual(look({ grey: Buffer.alloc(28 * 28), label: 0 }).attributes, { class: 't-shirt', brightness: 'dark', width: 'narrow' });
});

/** What a judge reads in a sentence: of an attribute's words the longest counts. */
function read(sentence) {
  const values = {};
  for (const { attribute, values: [value], words } of phrases) {
    for (const [found] of sentence.matchAll(new RegExp(`\\b(?:${words})\\b`, 'gi'))) {
      if (found.length > (values[attribute]?.length ?? 0)) values[attribute] = { value, length: found.length };
    }
  }
  return Object.fromEntries(Object.entries(values).map(([attribute, { value }]) => [attribute, value]));
}

test('captions say what is true, now more and now less, and phrases read it', () => {
  const said = { class: 0, brightness: 0, width: 0 }, wordsSeen = new Set();
  for (let index = 0; index < 3000; index++) {
    const attributes = { class: classes[index % 10], brightness: ['dark', 'medium', 'bright'][index % 3], width: ['narrow', 'medium', 'wide'][(index >> 2) % 3] };
    const sentence = caption(attributes, randomFor(index)), statements = read(sentence);
    assert.ok(Object.keys(statements).length > 0, sentence);
    assert.doesNotMatch(sentence, /medium| {2}|(^| )an? (trousers|pants)|(?<!of )(trousers|pants) that is|this (trousers|pants)\b/i, sentence);
    for (const [attribute, value] of Object.entries(statements)) {
      assert.equal(value, attributes[attribute], sentence);
      said[attribute]++;
    }
    wordsSeen.add(sentence.toLowerCase());
  }
  for (const [attribute, count] of Object.entries(said)) assert.ok(count > 900 && count < 3000, `${attribute} in ${count} of 3000`);
  for (const words of Object.values(classWords).flat()) assert.ok([...wordsSeen].some((sentence) => sentence.includes(words.toLowerCase())), words);
});

test('the set itself has 60,000 and 10,000 pictures, no two alike, and each band parts them', { skip }, () => {
  const train = readHalf(debian, 'train', 10), heldOut = readHalf(debian, 't10k', 10);
  assert.deepEqual([train.length, heldOut.length], [60_000, 10_000]);
  assert.equal(new Set([...train, ...heldOut].map(({ grey }) => grey.toString('base64'))).size, 70_000);
  const counts = {};
  for (const entry of train.slice(0, 3000)) {
    for (const value of Object.entries(look(entry).attributes)) counts[value] = (counts[value] ?? 0) + 1;
  }
  for (const [band, low, high] of [['brightness', 'dark', 'bright'], ['width', 'narrow', 'wide']]) {
    for (const value of [low, 'medium', high]) assert.ok(counts[[band, value]] > 0.2 * 3000 && counts[[band, value]] < 0.5 * 3000, `${band} ${value}: ${counts[[band, value]]}`);
  }
});
