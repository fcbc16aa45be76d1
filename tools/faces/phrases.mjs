// How captions say what a face looks like: regular expressions made of caption.mjs's own words, for a judge to read sentences by.
import { drawings, palette } from './attributes.mjs';
import { browsWords, eyesWords, facialHairWords, glassesWords, hairColorWords, mouthWords, skinWords, styleWords } from './caption.mjs';

const anyOf = (words) => `(${words.join('|')})`;
/** A statement without its verb, which sentences move or replace ("a person with …"). */
const bare = (statement) => statement.replace(/^(has|wears|is wearing|is) (an? )?/, '');

/** Phrases of one attribute from a table of its values' words; words that several values share allow all of them. */
function fromTable(attribute, table, pattern = (words) => words) {
  const valuesOf = new Map();
  for (const [value, statements] of Object.entries(table)) {
    for (const statement of statements) valuesOf.set(pattern(statement), new Set([...(valuesOf.get(pattern(statement)) ?? []), value]));
  }
  return [...valuesOf].map(([words, values]) => ({ attribute, values: [...values], words }));
}

/** Phrases such as "blue hoodie" for what is worn and for its colour. */
const worn = (attribute, kinds, colorAttribute, colors) => [
  ...kinds.map((kind) => ({ attribute, values: [kind], words: `(${anyOf(colors)} )?${kind}` })),
  ...colors.map((color) => ({ attribute: colorAttribute, values: [color], words: `${color} ${anyOf(kinds)}` })),
];

const notSmiling = 'is not smiling', anyHairColor = anyOf(Object.values(hairColorWords).flat());
const moods = { ...mouthWords, serious: mouthWords.serious.filter((words) => words !== notSmiling) };

/** Each entry: an attribute, the values a sentence allows it, and the words that say so. Of overlapping words the longest count. */
export const phrases = [
  ...fromTable('hair colour', hairColorWords, (words) => `${words} (hair|beard|moustache|mustache)`),
  ...fromTable('hair style', styleWords, (words) => `hair (that is )?${words}`),
  { attribute: 'hair style', values: ['bald'], words: 'bald|no hair' },
  ...fromTable('skin', skinWords, (words) => `${words} skin`),
  ...fromTable('eyes', eyesWords, bare),
  ...fromTable('brows', browsWords, bare),
  ...fromTable('mouth', moods, bare),
  { attribute: 'mouth', values: ['serious', 'sad', 'open'], words: bare(notSmiling) },
  ...fromTable('facial hair', facialHairWords, (words) => bare(words).replace(/(\w+)$/, `(${anyHairColor} )?$1`)),
  { attribute: 'facial hair', values: ['none', 'moustache'], words: 'no beard' },
  { attribute: 'facial hair', values: ['none'], words: 'clean-shaven' },
  ...fromTable('glasses', glassesWords, bare),
  { attribute: 'glasses', values: ['none'], words: 'no glasses' },
  ...worn('hat', Object.keys(drawings.hat), 'hat colour', Object.keys(palette.hat)),
  ...worn('clothes', Object.keys(drawings.clothes), 'clothes colour', Object.keys(palette.clothes)),
];
