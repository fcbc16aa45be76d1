// What a picture of the set looks like: its class, which the set says, and what can be measured in its pixels.
import { pictureSide } from './idx.mjs';
import { silhouette } from './mask.mjs';

/** Side of the prepared pictures in pixels: a U-Net halves it several times. */
export const size = 32;

/** The set's classes, in the order of its labels. */
export const classes = ['t-shirt', 'trousers', 'pullover', 'dress', 'coat', 'sandal', 'shirt', 'sneaker', 'bag', 'ankle boot'];

// About a third of the training pictures lies on either side of each band, whatever their classes.
const brightnessBand = [130, 180]; // mean grey of the silhouette, 0 to 255
const widthBand = [14, 18]; // mean pixels of the silhouette in the rows that it covers

const inBand = (value, [low, high], [below, within, above]) => (value < low ? below : value > high ? above : within);

/** The 28×28 picture in the middle of 32×32, on the set's background. */
export function pad(grey) {
  const padded = Buffer.alloc(size * size), margin = (size - pictureSide) / 2;
  for (let y = 0; y < pictureSide; y++) padded.set(grey.subarray(y * pictureSide, (y + 1) * pictureSide), (y + margin) * size + margin);
  return padded;
}

/** Mean grey and mean width of what a mask covers in a padded picture; 0 where it covers nothing. */
export function measure(grey, mask) {
  let area = 0, sum = 0;
  const rows = new Set();
  mask.forEach((inside, at) => {
    if (!inside) return;
    area++;
    sum += grey[at];
    rows.add(Math.floor(at / size));
  });
  return { brightness: area ? sum / area : 0, width: area ? area / rows.size : 0 };
}

/** The padded picture, its silhouette, and its attributes as a judge's labels. */
export function look({ grey, label }) {
  const picture = pad(grey), mask = silhouette(picture, size), { brightness, width } = measure(picture, mask);
  return {
    picture,
    mask,
    attributes: {
      class: classes[label],
      brightness: inBand(brightness, brightnessBand, ['dark', 'medium', 'bright']),
      width: inBand(width, widthBand, ['narrow', 'medium', 'wide']),
    },
  };
}
