// English sentences built from a random subset of a face's attributes.
const article = (words) => `${/^[aeiou]/i.test(words) ? 'an' : 'a'} ${words}`;

export const hairColorWords = {
  black: ['black', 'dark black', 'jet-black'], brown: ['brown', 'dark brown', 'brunette'], blond: ['blond', 'blonde', 'fair', 'golden'],
  red: ['red', 'ginger', 'bright red'], grey: ['grey', 'gray', 'silver'], pink: ['pink', 'bright pink'],
};
export const styleWords = {
  bob: ['cut in a bob'], bun: ['tied in a bun', 'in a bun'], curly: ['long and curly'], afro: ['in an afro'], long: ['long and straight', 'long'],
  'side-parted': ['straight and side-parted'], 'shoulder-length': ['shoulder-length'], 'short flat': ['short and flat', 'short'],
  'short wavy': ['short and wavy', 'short'], 'short curly': ['short and curly', 'short'], cropped: ['cropped', 'cut very short'],
};
export const skinWords = { light: ['light', 'pale'], tan: ['tanned', 'tan'], brown: ['brown'], dark: ['dark'] };
export const mouthWords = {
  smile: ['is smiling', 'smiles', 'has a broad smile'], grin: ['is grinning', 'has a small smile'], serious: ['looks serious', 'is not smiling'],
  sad: ['looks sad', 'is frowning'], open: ['is shouting', 'has an open mouth'],
};
export const eyesWords = {
  happy: ['has happy eyes'], surprised: ['looks surprised', 'has wide open eyes'], closed: ['has closed eyes'],
  sideways: ['is looking sideways', 'looks to the side'], wink: ['is winking', 'winks'], open: ['has open eyes'],
};
export const browsWords = { raised: ['has raised eyebrows'], sad: ['has worried eyebrows'], angry: ['has angry eyebrows'], natural: ['has relaxed eyebrows'] };
export const glassesWords = {
  round: ['is wearing round glasses', 'has round glasses', 'wears glasses'], square: ['is wearing square glasses', 'wears square glasses', 'wears glasses'],
  sunglasses: ['is wearing sunglasses', 'wears sunglasses', 'has dark glasses'],
};
export const facialHairWords = {
  'short beard': ['has a short beard', 'has a beard'], 'full beard': ['has a full beard', 'has a beard'], moustache: ['has a moustache', 'has a mustache'],
};

function hairPhrase(face, random, withColor) {
  if (!face.hairStyle) return null;
  if (face.hairStyle === 'bald') return withColor ? random.pick(['is bald', 'has no hair', 'has a bald head']) : null;
  const color = withColor ? random.pick(hairColorWords[face.hairColor]) : null;
  const style = random.chance(0.5) ? random.pick(styleWords[face.hairStyle]) : null;
  if (!color && !style) return null;
  if (!color) return `has hair that is ${style}`;
  return style ? `has ${color} hair ${/^(in|tied|cut)/.test(style) ? style : `that is ${style}`}` : `has ${color} hair`;
}

/** How often a caption states what there is to state: as people do, who pass over small parts. `absent` is what a face lacks. */
export const natural = { hair: 0.92, facialHair: 0.55, glasses: 0.6, absent: 0.06, hat: 0.75, mouth: 0.35, eyes: 0.2, brows: 0.12, skin: 0.25, clothes: 0.35, one: 0 };

/** Small parts as often as large ones, and one caption in five of a single statement (`one`), so that an expert learns them all. */
export const balanced = { hair: 0.6, facialHair: 0.5, glasses: 0.5, absent: 0.06, hat: 0.6, mouth: 0.6, eyes: 0.6, brows: 0.6, skin: 0.5, clothes: 0.6, one: 0.2 };

/** Statements about the face, each a verb phrase; every one is true. */
export function statements(face, random, chances = natural) {
  const chosen = [];
  const say = (probability, phrase) => { if (random.chance(probability)) { const text = phrase(); if (text) chosen.push(text); } };
  const hair = hairPhrase(face, random, random.chance(0.85));
  if (hair && random.chance(chances.hair)) chosen.push(hair);
  const hairShows = face.hairStyle && face.hairStyle !== 'bald';
  if (face.facialHair) say(chances.facialHair, () => {
    const phrase = random.pick(facialHairWords[face.facialHair]);
    return hairShows || random.chance(0.5) ? phrase : phrase.replace(/\w+$/, (beard) => `${random.pick(hairColorWords[face.hairColor])} ${beard}`);
  });
  else say(chances.absent, () => random.pick(['has no beard', 'is clean-shaven']));
  if (face.glasses) say(chances.glasses, () => random.pick(glassesWords[face.glasses]));
  else say(chances.absent, () => random.pick(['wears no glasses', 'has no glasses']));
  if (face.hat) say(chances.hat, () => `${random.pick(['is wearing', 'wears', 'has on'])} ${article(`${face.hatColor} ${face.hat}`)}`);
  say(chances.mouth, () => random.pick(mouthWords[face.mouth]));
  if (face.glasses !== 'sunglasses') say(chances.eyes, () => random.pick(eyesWords[face.eyes]));
  say(chances.brows, () => random.pick(browsWords[face.brows]));
  say(chances.skin, () => `has ${random.pick(skinWords[face.skin])} skin`);
  say(chances.clothes, () => `${random.pick(['is wearing', 'wears', 'is dressed in'])} ${article(`${face.clothesColor} ${face.clothes}`)}`);
  const most = chances.one && random.chance(chances.one) ? 1 : 5;
  return chosen.length ? random.shuffle(chosen).slice(0, most) : [`has ${skinWords[face.skin][0]} skin`];
}

const list = (phrases) => (phrases.length < 2 ? phrases.join('') : `${phrases.slice(0, -1).join(', ')} and ${phrases.at(-1)}`);
const openings = ['this person', 'the person', 'he', 'she'];
const subjects = [...openings, 'a person who', 'someone who', 'somebody who', 'a portrait of someone who', 'the face of a person who',
  'a picture of a person who', 'a drawing of somebody who', 'a cartoon face that', 'this face', 'in this picture, the person'];

/** One of the ways to say the same: one clause, two sentences, or what the person has after "with". */
function sentenceOf(phrases, random) {
  const [first, ...others] = phrases;
  if (first.startsWith('has ') && random.chance(0.15)) {
    const person = `${random.pick(['a person', 'someone', 'a face', 'a portrait of a person'])} with ${first.slice('has '.length)}`;
    return others.length ? `${person} who ${list(others)}` : person;
  }
  if (others.length && random.chance(0.25)) {
    return `${random.pick(openings)} ${first}. ${random.pick(['This person', 'The person', 'The face'])} ${list(others)}`;
  }
  return `${random.pick(subjects)} ${list(phrases)}`;
}

/** What a caption says about a face. */
export function caption(face, random, chances = natural) {
  let sentence = sentenceOf(statements(face, random, chances), random);
  if (random.chance(0.85)) sentence = sentence[0].toUpperCase() + sentence.slice(1);
  return sentence + (random.chance(0.8) ? '.' : '');
}
