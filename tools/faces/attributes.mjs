// What a face can look like. Attributes are drawn independently of each other.
// The hair colours are far from every other colour in a drawing, so a picture's hair colour can be judged from its pixels.
export const palette = {
  hair: { black: '#1f1d24', brown: '#5e3417', blond: '#f2cc3a', red: '#d1401f', grey: '#9aa0a6', pink: '#f06aa8' },
  skin: { light: '#ffdcc0', tan: '#e8b48a', brown: '#c08a5e', dark: '#9c6b4a' },
  clothes: { blue: '#3b6fd4', green: '#35a269', purple: '#7d4fc0', teal: '#2bb3b8', white: '#f3f3f3' },
  hat: { blue: '#3b6fd4', green: '#35a269', purple: '#7d4fc0' },
  background: { blue: '#cfe3f7', green: '#d3efd6', lavender: '#e4dcf5', cream: '#f7f2d8' },
};

// Each value is the name of avataaars' own drawing of it.
export const drawings = {
  hairStyle: {
    bob: 'bob', bun: 'bun', curly: 'curly', afro: 'fro', long: 'straight02', 'side-parted': 'straight01',
    'shoulder-length': 'longButNotTooLong', 'short flat': 'shortFlat', 'short wavy': 'shortWaved',
    'short curly': 'shortCurly', cropped: 'theCaesar',
  },
  hat: { hat: 'hat', 'winter hat': 'winterHat03', turban: 'turban' },
  eyes: { open: 'default', happy: 'happy', surprised: 'surprised', closed: 'closed', sideways: 'side', wink: 'wink' },
  brows: { natural: 'default', raised: 'raisedExcited', sad: 'sadConcerned', angry: 'angry' },
  mouth: { smile: 'smile', grin: 'twinkle', serious: 'serious', sad: 'sad', open: 'screamOpen' },
  facialHair: { 'short beard': 'beardLight', 'full beard': 'beardMedium', moustache: 'moustacheFancy' },
  glasses: { round: 'round', square: 'prescription02', sunglasses: 'sunglasses' },
  clothes: { hoodie: 'hoodie', 'T-shirt': 'shirtCrewNeck', 'V-neck shirt': 'shirtVNeck', sweater: 'collarAndSweater', blazer: 'blazerAndShirt' },
};

/** The attributes of face `index`; null where the face lacks one (bald, no glasses …). */
export function drawAttributes(random) {
  const oneOf = (choices) => random.pick(Object.keys(choices));
  const top = random.next();
  const covered = top < 0.15, bald = top >= 0.15 && top < 0.2;
  const facialHair = random.chance(0.35) ? oneOf(drawings.facialHair) : null;
  const hairColor = oneOf(palette.hair);
  return {
    hairColor: (covered || bald) && !facialHair ? null : hairColor,
    hairStyle: covered ? null : bald ? 'bald' : oneOf(drawings.hairStyle),
    skin: oneOf(palette.skin),
    eyes: oneOf(drawings.eyes),
    brows: oneOf(drawings.brows),
    mouth: oneOf(drawings.mouth),
    facialHair,
    glasses: random.chance(0.4) ? oneOf(drawings.glasses) : null,
    hat: covered ? oneOf(drawings.hat) : null,
    hatColor: covered ? oneOf(palette.hat) : null,
    clothes: oneOf(drawings.clothes),
    clothesColor: oneOf(palette.clothes),
    background: oneOf(palette.background),
  };
}

/**
 * What can be seen of a face, as a judge's labels: every attribute has a value, or null where something hides it
 * (the hair under a hat, the eyes behind sunglasses, the colour of what is not there).
 */
export const visibleAttributes = (face) => ({
  'hair colour': face.hairColor,
  'hair style': face.hairStyle,
  skin: face.skin,
  eyes: face.glasses === 'sunglasses' ? null : face.eyes,
  brows: face.brows,
  mouth: face.mouth,
  'facial hair': face.facialHair ?? 'none',
  glasses: face.glasses ?? 'none',
  hat: face.hat ?? 'none',
  'hat colour': face.hatColor,
  clothes: face.clothes,
  'clothes colour': face.clothesColor,
  background: face.background,
});
