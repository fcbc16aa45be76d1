import { avataaars } from '@dicebear/collection';
import { createAvatar } from '@dicebear/core';
import { Resvg } from '@resvg/resvg-js';
import { drawings, palette } from './attributes.mjs';

/** Side of the embedded judge's pictures in pixels, and the default everywhere. */
export const defaultSize = 64;
const view = '24 6 232 232'; // head, hair and shoulders

/** The drawing of a face as SVG elements inside avataaars' frame, without background. */
export function drawing(face) {
  const bare = (color) => [color?.slice(1) ?? '000000'];
  const top = face.hat ? drawings.hat[face.hat] : drawings.hairStyle[face.hairStyle];
  const avatar = createAvatar(avataaars, {
    seed: 'mcdm',
    style: ['default'],
    top: top ? [top] : [], topProbability: top ? 100 : 0,
    hairColor: bare(palette.hair[face.hairColor]), hatColor: bare(palette.hat[face.hatColor]),
    facialHair: face.facialHair ? [drawings.facialHair[face.facialHair]] : [], facialHairProbability: face.facialHair ? 100 : 0,
    facialHairColor: bare(palette.hair[face.hairColor]),
    accessories: face.glasses ? [drawings.glasses[face.glasses]] : [], accessoriesProbability: face.glasses ? 100 : 0,
    accessoriesColor: ['262e33'],
    eyes: [drawings.eyes[face.eyes]], eyebrows: [drawings.brows[face.brows]], mouth: [drawings.mouth[face.mouth]],
    clothing: [drawings.clothes[face.clothes]], clothesColor: bare(palette.clothes[face.clothesColor]),
    skinColor: bare(palette.skin[face.skin]),
  }).toString();
  // The drawing's own group, without the frame that clips it to avataaars' view box.
  return avatar.slice(avatar.indexOf('<g transform="translate(8)">'), avatar.lastIndexOf('</g></svg>'));
}

/** Renders SVG elements over a plain colour; RGBA bytes, `pixels` × `pixels`. */
export function render(body, background, pixels, crisp = false) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${view}" fill="none" shape-rendering="${crisp ? 'crispEdges' : 'auto'}">` +
    `<rect x="0" y="0" width="300" height="300" fill="${background}"/>${body}</svg>`;
  return new Resvg(svg, { fitTo: { mode: 'width', value: pixels }, font: { loadSystemFonts: false } }).render().pixels;
}

/** The face as people see it; RGBA bytes, `size` × `size`. */
export const drawPicture = (face, size = defaultSize) => render(drawing(face), palette.background[face.background], size);
