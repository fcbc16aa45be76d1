import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { palette, visibleAttributes } from './attributes.mjs';
import { balanced, natural, statements } from './caption.mjs';
import { captions, face, heldOutFace } from './draw.mjs';
import { drawMask, parts } from './mask.mjs';
import { phrases } from './phrases.mjs';
import { drawPicture } from './picture.mjs';
import { randomFor } from './random.mjs';

const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
const hexAt = (rgba, i) => '#' + rgba.subarray(4 * i, 4 * i + 3).toString('hex');

test('a face is the same in every run', () => {
  for (const index of [0, 77, 10_000_003]) {
    assert.deepEqual(face(index), face(index));
    assert.ok(drawPicture(face(index).attributes).equals(drawPicture(face(index).attributes)));
  }
});

test('masks have the colours of parts alone', () => {
  const known = new Set(parts.map((part) => part.color));
  for (let index = 0; index < 60; index++) {
    const mask = drawMask(face(index).attributes);
    for (let i = 0; i < mask.length / 4; i++) assert.ok(known.has(hexAt(mask, i)), `face ${index}: ${hexAt(mask, i)}`);
  }
});

test('the mask says what the drawing has', () => {
  const has = (mask, name) => {
    const color = parts.find((part) => part.name === name).color;
    for (let i = 0; i < mask.length / 4; i++) if (hexAt(mask, i) === color) return true;
    return false;
  };
  for (let index = 0; index < 200; index++) {
    const { attributes } = face(index), mask = drawMask(attributes);
    assert.equal(has(mask, 'glasses'), attributes.glasses !== null, `glasses of face ${index}`);
    assert.equal(has(mask, 'facial hair'), attributes.facialHair !== null, `facial hair of face ${index}`);
    assert.equal(has(mask, 'hat'), attributes.hat !== null, `hat of face ${index}`);
    for (const part of ['background', 'skin', 'clothes', 'mouth']) assert.ok(has(mask, part), `${part} of face ${index}`);
  }
});

test('the hair of the mask has the stated colour in the picture', () => {
  const hair = parts.find((part) => part.name === 'hair').color;
  for (let index = 0; index < 100; index++) {
    const { attributes } = face(index);
    if (!attributes.hairStyle || attributes.hairStyle === 'bald') continue;
    const mask = drawMask(attributes), picture = drawPicture(attributes), distances = [];
    const stated = rgb(palette.hair[attributes.hairColor]);
    for (let i = 0; i < mask.length / 4; i++) {
      if (hexAt(mask, i) === hair) distances.push(Math.hypot(...stated.map((c, k) => c - picture[4 * i + k])));
    }
    distances.sort((a, b) => a - b);
    assert.ok(distances[distances.length >> 1] < 40, `face ${index}: median distance ${distances[distances.length >> 1]}`);
  }
});

test('faces and their own captions are those that measured.md was measured with', () => {
  const hash = createHash('sha256');
  for (let index = 0; index < 200; index++) hash.update(JSON.stringify([face(index), heldOutFace(index)]));
  assert.equal(hash.digest('hex'), '7bf8cadf3147248c01775443ececbcc3cc6a9bad051694b9187229246f1bab02');
});

test('further captions begin with the own one, and differ from face to face', () => {
  assert.deepEqual(captions(77, 1), [face(77).caption]);
  assert.deepEqual(captions(77, 8).slice(0, 3), captions(77, 3));
  assert.equal(new Set(captions(77, 8)).size, 8);
});

test('further captions state small parts as often as large ones, and many a single thing', () => {
  const words = phrases.map(({ attribute, words }) => ({ attribute, pattern: new RegExp(`\\b(?:${words})\\b`, 'i') }));
  const stated = new Map(), all = 500 * 7;
  let single = 0;
  for (let index = 0; index < 500; index++) {
    for (const sentence of captions(index, 8).slice(1)) {
      const read = new Set(words.filter(({ pattern }) => pattern.test(sentence)).map(({ attribute }) => attribute.replace(/ (colour|style)$/, '')));
      for (const attribute of read) stated.set(attribute, (stated.get(attribute) ?? 0) + 1);
      if (read.size === 1) single++;
    }
  }
  for (const attribute of ['hair', 'clothes', 'mouth', 'eyes', 'brows', 'skin']) {
    const share = stated.get(attribute) / all;
    assert.ok(share > 0.35 && share < 0.55, `${attribute}: ${share}`);
  }
  assert.ok(single > 0.15 * all && single < 0.35 * all, `${single} of ${all} captions state one thing`);
});

test('captions state what is true', () => {
  const colors = { black: /black hair/, brown: /(brown|brunette) hair/, blond: /(blonde?|fair|golden) hair/, red: /(red|ginger) hair/, grey: /(gr[ea]y|silver) hair/, pink: /pink hair/ };
  for (let index = 0; index < 2000; index++) {
    const { attributes } = face(index), caption = captions(index, 2)[index % 2], text = caption.toLowerCase();
    assert.ok(text.trim().length > 8, caption);
    for (const [color, words] of Object.entries(colors)) {
      if (words.test(text)) assert.equal(attributes.hairColor, color, caption);
    }
    if (/sunglasses/.test(text)) assert.equal(attributes.glasses, 'sunglasses', caption);
    if (/no glasses/.test(text)) assert.equal(attributes.glasses, null, caption);
    if (/beard/.test(text) && !/no beard/.test(text)) assert.match(attributes.facialHair, /beard/, caption);
    if (/bald|no hair/.test(text)) assert.equal(attributes.hairStyle, 'bald', caption);
    if (attributes.glasses === 'sunglasses') assert.doesNotMatch(text, /eyes|wink|surprised|looking sideways|to the side/, caption);
    assert.match(text, /^(this|the|he|she|a|someone|somebody|in this picture)\b/, caption);
    assert.doesNotMatch(text, /with (is|wears|looks|has)\b|, which/, caption);
  }
});

test('labels leave out what is hidden, and phrases name values that labels have', () => {
  const values = new Map();
  for (let index = 0; index < 2000; index++) {
    const looks = face(index).attributes, labels = visibleAttributes(looks);
    assert.equal(labels.eyes === null, looks.glasses === 'sunglasses');
    if (looks.hat) assert.equal(labels['hair style'], null);
    if (looks.hat && !looks.facialHair) assert.equal(labels['hair colour'], null);
    for (const [name, value] of Object.entries(labels)) values.set(name, (values.get(name) ?? new Set()).add(value));
  }
  for (const { attribute, values: allowed, words } of phrases) {
    for (const value of allowed) assert.ok(values.get(attribute)?.has(value), `${words}: ${attribute} ${value}`);
  }
});

test('phrases read every statement that captions are made of, and rightly', () => {
  const words = phrases.map((phrase) => ({ ...phrase, pattern: new RegExp(`\\b(?:${phrase.words})\\b`, 'i') }));
  for (let index = 0; index < 2000; index++) {
    const looks = face(index).attributes, labels = visibleAttributes(looks);
    for (const statement of statements(looks, randomFor(index + 50_000_000), index % 2 ? natural : balanced)) {
      const read = words.map((phrase) => ({ ...phrase, length: phrase.pattern.exec(statement)?.[0].length ?? 0 })).filter((phrase) => phrase.length);
      assert.ok(read.length, `nothing reads "${statement}"`);
      for (const attribute of new Set(read.map((phrase) => phrase.attribute))) {
        const longest = read.filter((phrase) => phrase.attribute === attribute).reduce((best, phrase) => (phrase.length > best.length ? phrase : best));
        assert.ok(longest.values.includes(labels[attribute]), `"${statement}" read as ${attribute} ${longest.values}`);
      }
    }
  }
});

test('every third has one kind of label, and no face is drawn twice', () => {
  const out = mkdtempSync(join(tmpdir(), 'faces-'));
  execFileSync(process.execPath, ['draw.mjs', '--out', out, '--train', '60', '--held-out', '20', '--judge', '15', '--paired', '10', '--captions', '3'], { cwd: import.meta.dirname });
  assert.deepEqual(readdirSync(join(out, 'sketch')), ['images']);
  assert.deepEqual(readdirSync(join(out, 'segment')).sort(), ['images', 'masks', 'parts.json']);
  assert.deepEqual(readdirSync(join(out, 'text')).sort(), ['captions.txt', 'images']);
  assert.deepEqual(readdirSync(join(out, 'judge')).sort(), ['images', 'labels.jsonl', 'masks', 'parts.json', 'phrases.json']);
  assert.deepEqual(readdirSync(join(out, 'paired')).sort(), ['captions.txt', 'images', 'masks', 'parts.json']);
  const lines = (folder) => readFileSync(join(out, folder, 'captions.txt'), 'utf8').trim().split('\n').length;
  assert.deepEqual(['held-out', 'text', 'paired'].map(lines), [20, 3 * 20, 10]);
  const pictures = ['sketch', 'segment', 'text', 'held-out', 'judge', 'paired'].flatMap((folder) =>
    readdirSync(join(out, folder, 'images')).map((file) => readFileSync(join(out, folder, 'images', file)).toString('base64')));
  assert.equal(pictures.length, 105);
  assert.equal(new Set(pictures).size, 105);
});
