// SPDX-License-Identifier: Apache-2.0
'use strict';
// A click sorts by that column, another one turns it round. Numbers are in data-v, so that units
// and signs in the text do not matter; rows without a value stay last.
function sortBy(table, column, down) {
  const value = row => {
    const cell = row.cells[column];
    return 'v' in cell.dataset ? Number(cell.dataset.v) : cell.textContent;
  };
  const isEmpty = v => v === '' || v === '-' || Number.isNaN(v);
  const compare = (a, b) =>
    typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'en', {numeric: true});
  const rows = Array.from(table.tBodies[0].rows, row => [value(row), row]);
  rows.sort(([a], [b]) =>
    isEmpty(a) || isEmpty(b) ? isEmpty(a) - isEmpty(b) : (down ? -1 : 1) * compare(a, b));
  table.tBodies[0].append(...rows.map(([, row]) => row));
}

for (const table of document.querySelectorAll('table.sortable')) {
  const heads = Array.from(table.tHead.rows[0].cells);
  heads.forEach((head, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener('click', () => {
      const down = head.getAttribute('aria-sort') === 'ascending';
      heads.forEach(other => other.removeAttribute('aria-sort'));
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      sortBy(table, column, down);
    });
  });
}

// Paper cannot be clicked: everything that is folded is opened for it.
addEventListener('beforeprint', () => {
  for (const details of document.querySelectorAll('details')) details.open = true;
});
