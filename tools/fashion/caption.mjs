// English sentences built from a random subset of a picture's attributes.

/** How each class is called; several words for one thing, as people have them. */
export const classWords = {
  't-shirt': ['T-shirt', 't-shirt', 'tee'], trousers: ['trousers', 'pants', 'pair of trousers'], pullover: ['pullover', 'sweater', 'jumper'],
  dress: ['dress', 'frock'], coat: ['coat', 'overcoat'], sandal: ['sandal', 'open shoe'], shirt: ['shirt', 'blouse'],
  sneaker: ['sneaker', 'trainer', 'sports shoe'], bag: ['bag', 'handbag'], 'ankle boot': ['ankle boot', 'boot'],
};
export const brightnessWords = { bright: ['bright', 'light-coloured', 'pale'], dark: ['dark', 'dark-coloured'] };
export const widthWords = { wide: ['wide', 'broad'], narrow: ['narrow', 'slim'] };
const anything = ['garment', 'piece of clothing', 'item', 'thing to wear'];

const isPlural = (noun) => /^(trousers|pants)$/.test(noun);
const withArticle = (noun, words) => (isPlural(noun) ? words : `${/^[aeiou]/i.test(words) ? 'an' : 'a'} ${words}`);

/** What is said of a picture: a noun, and adjectives in the order of saying; every word is true. */
export function statement(attributes, random) {
  const adjectives = [];
  if (brightnessWords[attributes.brightness] && random.chance(0.65)) adjectives.push(random.pick(brightnessWords[attributes.brightness]));
  if (widthWords[attributes.width] && random.chance(0.65)) adjectives.push(random.pick(widthWords[attributes.width]));
  const named = !adjectives.length || random.chance(0.88);
  return { noun: random.pick(named ? classWords[attributes.class] : anything), adjectives: random.shuffle(adjectives) };
}

/** One of the ways to say the same: before the noun, after it, or of it. */
function sentenceOf({ noun, adjectives }, random) {
  const [are, these] = isPlural(noun) ? ['are', random.pick(['these', 'the'])] : ['is', random.pick(['this', 'the'])];
  const list = adjectives.join(' and '), way = random.next();
  if (adjectives.length && way < 0.2) return `${these} ${noun} ${are} ${list}`;
  const thing = adjectives.length && way < 0.4 ? `${withArticle(noun, noun)} that ${are} ${list}`
    : withArticle(noun, [adjectives.join(random.pick([', ', ' and ', ' '])), noun].filter(Boolean).join(' '));
  return random.pick(['', '', `${isPlural(noun) ? 'these are' : 'this is'} `, 'a photo of ', 'a picture of ', 'a photograph of ', 'the picture shows ']) + thing;
}

/** What a caption says about a picture. */
export function caption(attributes, random) {
  let sentence = sentenceOf(statement(attributes, random), random);
  if (random.chance(0.85)) sentence = sentence[0].toUpperCase() + sentence.slice(1);
  return sentence + (random.chance(0.8) ? '.' : '');
}
