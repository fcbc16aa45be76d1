// How captions say what a picture shows: caption.mjs's own words, for a judge to read sentences by.
import { brightnessWords, classWords, widthWords } from './caption.mjs';

const fromTable = (attribute, table) => Object.entries(table).map(([value, words]) => ({ attribute, values: [value], words: [...new Set(words.map((word) => word.toLowerCase()))].join('|') }));

/** Each entry: an attribute, the value a sentence gives it, and the words that say so. Of overlapping words the longest count. */
export const phrases = [...fromTable('class', classWords), ...fromTable('brightness', brightnessWords), ...fromTable('width', widthWords)];
