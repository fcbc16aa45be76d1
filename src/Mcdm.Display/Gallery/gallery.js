'use strict';
const data = JSON.parse(document.getElementById('data').textContent);
const byId = (id) => document.getElementById(id);
const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};
const source = (png) => `data:image/png;base64,${png}`;
const kindNames = { text: 'sentence', sketch: 'sketch', segment: 'mask', lowresolution: 'low resolution' };

/** A condition as people see it: a sentence, or its picture. */
function showCondition(condition) {
  const weight = condition.weight === 1 ? '' : ` × ${condition.weight}`;
  const name = kindNames[condition.modality] ?? condition.modality;
  const value = condition.text !== undefined
    ? make('blockquote', { textContent: condition.text })
    : make('img', { src: source(condition.picture), alt: `${name} ${condition.source ?? ''}`.trim() });
  return make('figure', {}, value, make('figcaption', { textContent: `${name}${condition.source ? ` ${condition.source}` : ''}${weight}` }));
}

const entries = [];
for (const group of data.groups) {
  const conditions = make('div', { className: 'conditions' }, ...group.conditions.map(showCondition));
  if (group.conditions.length === 0) conditions.append(make('figcaption', { textContent: group.recipe ? 'no condition' : 'not sampled' }));
  const pictures = make('div', { className: 'pictures' });
  const section = make('section', {}, conditions, pictures);
  const words = group.conditions.map((c) => `${c.text ?? ''} ${c.source ?? ''} ${kindNames[c.modality] ?? ''}`).join(' ').toLowerCase();
  for (const picture of group.pictures) {
    const button = make('button', { type: 'button', className: 'picture', title: picture.name },
      make('img', { src: source(picture.png), alt: picture.name, loading: 'lazy' }),
      make('span', { textContent: picture.seed === undefined ? picture.name : `seed ${picture.seed}` }));
    if (picture.notFollowed) { button.append(make('span', { className: 'missed', textContent: picture.notFollowed })); }
    const entry = { group, picture, button, section, words: `${words} ${picture.name.toLowerCase()} ${picture.seed ?? ''} ${picture.notFollowed?.toLowerCase() ?? ''}` };
    button.addEventListener('click', () => open(entry));
    entries.push(entry);
    pictures.append(button);
  }
  byId('groups').append(section);
}

// Filters: words that must all occur, and kinds of condition that must all be there.
const kinds = new Set();
for (const kind of [...new Set(data.groups.flatMap((group) => group.conditions.map((c) => c.modality)))]) {
  const toggle = make('button', { type: 'button', textContent: kindNames[kind] ?? kind, ariaPressed: 'false' });
  toggle.dataset.kind = kind;
  toggle.addEventListener('click', () => {
    if (!kinds.delete(kind)) kinds.add(kind);
    toggle.ariaPressed = String(kinds.has(kind));
    filter();
  });
  byId('kinds').append(toggle);
}
const shown = () => entries.filter((entry) => !entry.button.hidden);
function filter() {
  const words = byId('search').value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const entry of entries) {
    const has = new Set(entry.group.conditions.map((c) => c.modality));
    entry.button.hidden = !(words.every((word) => entry.words.includes(word)) && [...kinds].every((kind) => has.has(kind)));
  }
  for (const section of new Set(entries.map((entry) => entry.section))) section.hidden = !entries.some((entry) => entry.section === section && !entry.button.hidden);
  const count = shown().length;
  byId('none').hidden = count > 0;
  byId('summary').textContent = count === entries.length ? `${count} pictures · ${data.made}` : `${count} of ${entries.length} pictures`;
}
byId('search').addEventListener('input', filter);

// The viewer.
let current = null;
/** JSON with all that no eye sees, or that a terminal might follow, as \uXXXX: controls, marks of direction, line separators. */
const visible = (json) => json.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (found) => found.split('').map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''));
/** A text as a PowerShell string that is taken as it stands: each of the five quotes that would end it is doubled, as CodeGeneration.EscapeSingleQuotedStringContent does. */
const quote = (text) => `'${text.replace(/['\u2018-\u201b]/g, '$&$&')}'`;
const recipeOf = ({ group, picture }) => group.recipe && visible(group.recipe[0] + picture.seed + group.recipe[1]);
function open(entry) {
  current = entry;
  const { group, picture } = entry;
  byId('large').src = source(picture.png);
  byId('large').alt = picture.name;
  byId('details').replaceChildren(...group.conditions.map(showCondition));
  byId('facts').textContent = [picture.name, picture.seed === undefined ? '' : `seed ${picture.seed}`, group.settings, picture.seconds ? `${picture.seconds.toFixed(2)} s` : '',
    picture.followed, picture.notFollowed ? `not followed: ${picture.notFollowed}` : ''].filter(Boolean).join(' · ');
  byId('copied').textContent = '';
  byId('copy').hidden = byId('command').hidden = !group.recipe;
  if (!byId('viewer').open) byId('viewer').showModal();
}
function step(by) {
  const all = shown();
  open(all[(all.indexOf(current) + by + all.length) % all.length]);
}
async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Pages opened from a file may have no clipboard interface.
    const area = make('textarea', { value: text });
    byId('viewer').append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
  byId('copied').textContent = `${what} copied.`;
}
const copyRecipe = () => current.group.recipe && copy(recipeOf(current), 'Recipe');
byId('copy').addEventListener('click', copyRecipe);
byId('command').addEventListener('click', () => copy(`Invoke-McdmSample -Recipe ${quote(recipeOf(current))}`, 'Command'));
byId('previous').addEventListener('click', () => step(-1));
byId('next').addEventListener('click', () => step(1));
byId('close').addEventListener('click', () => byId('viewer').close());
byId('viewer').addEventListener('close', () => current?.button.focus());
let touched = null;
byId('viewer').addEventListener('touchstart', (event) => { touched = event.changedTouches[0].clientX; }, { passive: true });
byId('viewer').addEventListener('touchend', (event) => {
  const moved = event.changedTouches[0].clientX - touched;
  if (Math.abs(moved) > 60) step(moved < 0 ? 1 : -1);
}, { passive: true });

// Keys.
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (byId('viewer').open) {
    if (event.key === 'ArrowRight') step(1);
    else if (event.key === 'ArrowLeft') step(-1);
    else if (event.key === 'c') copyRecipe();
    return;
  }
  if (event.target === byId('search')) {
    if (event.key === 'Escape') { byId('search').value = ''; filter(); byId('search').blur(); }
    return;
  }
  if (event.key === '/') { event.preventDefault(); byId('search').focus(); return; }
  if (!event.key.startsWith('Arrow')) return;
  const buttons = shown().map((entry) => entry.button), at = buttons.indexOf(document.activeElement);
  if (buttons.length === 0) return;
  event.preventDefault();
  if (at < 0) { buttons[0].focus(); return; }
  if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') { buttons[at + (event.key === 'ArrowRight' ? 1 : -1)]?.focus(); return; }
  // Up and down: the nearest picture of the next row that way.
  const here = buttons[at].getBoundingClientRect(), down = event.key === 'ArrowDown';
  const beyond = buttons.map((button) => [button, button.getBoundingClientRect()]).filter(([, box]) => (down ? box.top > here.top + 1 : box.top < here.top - 1));
  const distance = ([, box]) => Math.abs(box.top - here.top) * 1e4 + Math.abs(box.left - here.left);
  beyond.sort((a, b) => distance(a) - distance(b))[0]?.[0].focus();
});

// Light, dark, or as the system says.
byId('theme').addEventListener('click', () => {
  const dark = matchMedia('(prefers-color-scheme: dark)').matches, theme = document.documentElement.dataset.theme ?? (dark ? 'dark' : 'light');
  document.documentElement.dataset.theme = theme === 'dark' ? 'light' : 'dark';
});
filter();
