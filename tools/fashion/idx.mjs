// Reads the IDX files in which Fashion-MNIST comes: gzip about a magic number, the dimensions as big-endian integers, and bytes.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Side of the set's pictures in pixels. */
export const pictureSide = 28;

/** What is wrong with a file or a folder, in one sentence for people. */
export class Refusal extends Error {}

/** The bytes of an IDX file of unsigned bytes with these dimensions; null for the first, which the file says. */
export function readIdx(path, dimensions) {
  if (!existsSync(path)) throw new Refusal(`There is no '${path}'; install Debian's dataset-fashion-mnist or name the folder of its files with --idx.`);
  const bytes = unzip(path), magic = 0x0800 + dimensions.length, header = 4 + 4 * dimensions.length;
  if (bytes.length < 4) throw new Refusal(`'${path}' is cut short: it has no whole IDX header.`);
  if (bytes.readUInt32BE(0) !== magic) {
    throw new Refusal(`'${path}' is an IDX file of another type: its magic number is ${hex(bytes.readUInt32BE(0))}, not ${hex(magic)} (bytes in ${dimensions.length} dimension${dimensions.length > 1 ? 's' : ''}).`);
  }
  if (bytes.length < header) throw new Refusal(`'${path}' is cut short: it has no whole IDX header.`);
  const sizes = dimensions.map((_, i) => bytes.readUInt32BE(4 + 4 * i));
  if (dimensions.some((wanted, i) => wanted !== null && sizes[i] !== wanted)) {
    throw new Refusal(`'${path}' has pictures of ${sizes.slice(1).join('×')} pixels, not ${dimensions.slice(1).join('×')}.`);
  }
  const told = sizes.reduce((product, size) => product * size, 1), there = bytes.length - header;
  if (there < told) throw new Refusal(`'${path}' is cut short: it tells of ${told} bytes and holds ${there}.`);
  if (there > told) throw new Refusal(`'${path}' is damaged: it tells of ${told} bytes and holds ${there}.`);
  return { count: sizes[0], data: bytes.subarray(header) };
}

const hex = (number) => `0x${number.toString(16).padStart(8, '0')}`;

function unzip(path) {
  const packed = readFileSync(path);
  if (packed[0] !== 0x1f || packed[1] !== 0x8b) throw new Refusal(`'${path}' is not gzip; the set's files are, under names that end with .gz.`);
  try {
    return gunzipSync(packed);
  } catch (error) {
    throw new Refusal(error.code === 'Z_BUF_ERROR' ? `'${path}' is cut short: its gzip data have no end.` : `'${path}' is damaged: its gzip data cannot be read (${error.message}).`);
  }
}

/** The pictures and labels of one half of the set: `train` or `t10k`. */
export function readHalf(folder, name, labelCount) {
  const picturesPath = join(folder, `${name}-images-idx3-ubyte.gz`), labelsPath = join(folder, `${name}-labels-idx1-ubyte.gz`);
  const pictures = readIdx(picturesPath, [null, pictureSide, pictureSide]), labels = readIdx(labelsPath, [null]);
  if (pictures.count !== labels.count) throw new Refusal(`'${picturesPath}' has ${pictures.count} pictures, but '${labelsPath}' ${labels.count} labels.`);
  const strange = labels.data.find((label) => label >= labelCount);
  if (strange !== undefined) throw new Refusal(`'${labelsPath}' has the label ${strange}; the set's labels are 0 to ${labelCount - 1}.`);
  const area = pictureSide * pictureSide;
  return Array.from({ length: pictures.count }, (_, i) => ({ grey: pictures.data.subarray(i * area, (i + 1) * area), label: labels.data[i] }));
}
