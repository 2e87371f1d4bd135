// Sending a batch: nothing can be sent that was not checked, and what is sent are the very bytes
// that were checked.
'use strict';
(() => {
  const {say, knows, number, count, money, make, ask, reason, problem} = Vintem;
  const at = id => document.getElementById(id);
  const MOST_ROWS = 200;
  const encoder = new TextEncoder();
  let file = null;      // {name, bytes}
  let checked = null;   // {bytes, type, query, key, report, request}
  let turn = 0;

  const SAMPLE = {
    json: `{ "batch_id": "exemplo",
  "items": [
    {"external_id": "u1-001", "user_id": "u1", "amount_cents": 35000, "pix_key": "u1@email.com"},
    {"external_id": "u2-002", "user_id": "u2", "amount_cents": 120000, "pix_key": "+55 11 91234-5678"}
  ] }
`,
    csv: 'external_id,user_id,amount_cents,pix_key\nu1-001,u1,35000,u1@email.com\nu2-002,u2,120000,+55 11 91234-5678\n',
  };

  // ── what was given ──────────────────────────────────────────────────────────────────────────
  const bytesNow = () => file ? file.bytes : encoder.encode(at('content').value);
  const textOf = bytes => new TextDecoder().decode(bytes);
  const isJson = (name, text) =>
    /\.json$/i.test(name) || (!/\.csv$/i.test(name) && /^\s*[{[]/.test(text));

  // The same content has the same name, whenever and wherever it is sent: items without an id of
  // their own derive theirs from it, and must not be paid again by pasting them again.
  const nameOf = bytes => {
    let a = 0xdeadbeef, b = 0x41c6ce57;
    for (const byte of bytes) {
      a = Math.imul(a ^ byte, 2654435761);
      b = Math.imul(b ^ byte, 1597334677);
    }
    a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
    b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
    return 'web-' + [b, a].map(each => (each >>> 0).toString(16).padStart(8, '0')).join('');
  };

  const freshKey = () =>
    [...crypto.getRandomValues(new Uint8Array(16))].map(each => each.toString(16).padStart(2, '0')).join('');

  const compose = () => {
    const given = bytesNow();
    const text = textOf(given);
    const wanted = at('batch-id').value.trim();
    const hour = at('scheduled-for').value;
    const scheduled = hour ? {scheduled_for: hour} : {};
    if (!isJson(file?.name ?? '', text)) {
      const batchId = wanted || nameOf(given);
      return {bytes: given, type: 'text/csv', batchId, query: {batch_id: batchId, ...scheduled}, rows: csvRows(text)};
    }
    let value = null;
    try { value = JSON.parse(text); } catch { /* the server says where */ }
    const request = {bytes: given, type: 'application/json', query: {...scheduled}, rows: jsonRows(value)};
    const open = text.indexOf('{');
    if (value && !Array.isArray(value) && typeof value === 'object' && Object.keys(value).length && value.batch_id == null) {
      request.batchId = wanted || nameOf(given);
      if (!('batch_id' in value)) {
        request.bytes = encoder.encode(text.slice(0, open + 1) + `"batch_id":${JSON.stringify(request.batchId)},` + text.slice(open + 1));
      }
    }
    return request;
  };

  const jsonRows = value => ({
    label: index => number(index + 1),
    text: index => Array.isArray(value?.items) && index < value.items.length ? JSON.stringify(value.items[index]) : '',
  });
  const csvRows = text => {
    let lines = null;
    return {
      // People count the heading as the first line, as their spreadsheet does.
      label: index => number(index + 2),
      text: index => (lines ??= text.split(/\r?\n/))[index + 1] ?? '',
    };
  };

  const describe = () => {
    const text = textOf(bytesNow().subarray(0, 200));
    at('format').textContent = !text.trim() ? '' : say(isJson(file?.name ?? '', text) ? 'format.json' : 'format.csv') + ' ';
  };

  // ── telling what would happen ───────────────────────────────────────────────────────────────
  const forget = () => {
    turn++;
    checked = null;
    at('send-bar').hidden = true;
    at('result').classList.add('stale');
    describe();
  };

  const verdict = (kind, text) => at('verdict').replaceChildren(make('p', `notice ${kind}`, text));
  const cell = (className, ...content) => {
    const element = make('td', className);
    element.append(...content);
    return element;
  };
  const fill = (name, rows, row) => {
    at(`${name}`).replaceChildren(...rows.slice(0, MOST_ROWS).map(row));
    at(`${name}-card`).hidden = rows.length === 0;
    const more = at(`${name}-more`);
    more.hidden = rows.length <= MOST_ROWS;
    more.textContent = say('more', number(rows.length - MOST_ROWS));
  };
  const tr = (...cells) => {
    const element = make('tr');
    element.append(...cells);
    return element;
  };
  const why = detail => {
    const cells = [];
    if (detail.status === 'duplicate') {
      cells.push(say(detail.original_status ? `dup.${detail.original_status}` : 'dup.paid'));
    } else {
      cells.push(detail.reason === 'mismatch' ? say('fail.mismatch') : knows(`reason.${detail.reason}`) ? say(`reason.${detail.reason}`) : detail.reason);
    }
    if (detail.mismatch) {
      cells.push(' ', make('mark', '', say('mismatch', detail.mismatch.map(each => say(`field.${each}`)).join(', '))));
    }
    return cells;
  };

  const showReport = (request, report) => {
    const rows = report.details.map((detail, index) => ({...detail, index}));
    const payable = rows.filter(each => each.status === 'would_pay');
    const failing = rows.filter(each => each.status === 'would_fail');
    const duplicates = rows.filter(each => each.status === 'duplicate');
    const sum = list => list.reduce((total, each) => total + each.amount_cents, 0);
    at('sums').hidden = false;
    at('sum-pay').textContent = money(sum(payable));
    at('count-pay').textContent = count('payouts', payable.length);
    at('count-fail').textContent = number(failing.length);
    at('count-fail').parentElement.className = failing.length ? 'bad' : '';
    at('sum-fail').textContent = failing.length ? money(sum(failing)) : say('none');
    at('count-dup').textContent = number(duplicates.length);
    at('checked-batch').textContent = report.batch_id;
    at('checked-items').textContent = count('items', rows.length);
    const problems = rows.filter(each => each.status === 'would_fail' || each.status === 'duplicate');
    // What needs a person's eye comes first.
    problems.sort((a, b) => Boolean(b.mismatch) - Boolean(a.mismatch) || (a.status === 'duplicate') - (b.status === 'duplicate') || a.index - b.index);
    at('problems-title').textContent = count('problems', problems.length);
    fill('problems', problems, each => tr(
      cell('right num', request.rows.label(each.index)), cell('id', each.external_id), cell('right num', money(each.amount_cents)), cell('', ...why(each))));
    at('payable-title').textContent = count('payable', payable.length);
    fill('payable', payable, each => tr(
      cell('right num', request.rows.label(each.index)), cell('id', each.external_id), cell('right num', money(each.amount_cents))));
    at('violations-card').hidden = true;
    judge();
  };

  // Whether it may be sent; asked again when the box is ticked, which changes no byte.
  const judge = () => {
    if (!checked) return;
    const details = checked.report.details;
    const payable = details.filter(each => each.status === 'would_pay');
    const failing = details.filter(each => each.status === 'would_fail').length;
    const mismatched = details.filter(each => each.mismatch).length;
    const all = at('all-or-nothing').checked;
    const may = payable.length > 0 && !(all && failing > 0);
    at('send-bar').hidden = !may;
    if (payable.length === 0) verdict('warn', say('verdict.nothing'));
    else if (!may) verdict('bad', count('verdict.all', failing));
    else if (mismatched) verdict('warn', count('verdict.mismatch', mismatched));
    else if (failing) verdict('warn', count('verdict.some', failing));
    else verdict('good', say('verdict.good'));
    // What waits is said now, not after it was sent.
    const waits = payable.find(each => each.reason)?.reason;
    if (may && waits) at('verdict').append(make('p', 'notice', say(`waits.${waits}`)));
    const total = money(payable.reduce((sum, each) => sum + each.amount_cents, 0));
    at('send').textContent = say('send', total);
    at('send').disabled = false;
    at('send-what').textContent = count('send_what', payable.length);
  };

  const showViolations = (request, answer) => {
    const list = answer.json?.violations ?? [];
    at('sums').hidden = true;
    at('problems-card').hidden = true;
    at('payable-card').hidden = true;
    if (!list.length) {
      at('violations-card').hidden = true;
      verdict('bad', problem(answer));
      return;
    }
    verdict('bad', say('verdict.shape'));
    const total = answer.json.violation_count ?? list.length;
    at('violations-title').textContent = count('violations', total);
    fill('violations', list, each => {
      const item = /^\/items\/(\d+)(?:\/(.*))?$/.exec(each.pointer);
      const cells = [reason(each.reason)];
      const text = item ? request.rows.text(Number(item[1])) : '';
      if (text) cells.push(make('code', 'snippet', text.length > 240 ? text.slice(0, 240) + '…' : text));
      return tr(cell('right num', item ? request.rows.label(Number(item[1])) : '—'), cell('id', item ? item[2] ?? '' : each.pointer.replace(/^\//, '')), cell('', ...cells));
    });
    at('violations-more').hidden = total <= list.length;
    at('violations-more').textContent = say('more', number(total - list.length));
  };

  const reveal = text => {
    at('result').hidden = false;
    at('result').classList.remove('stale');
    at('state').textContent = text;
    at('result-title').focus({preventScroll: true});
    at('result').scrollIntoView({block: 'start', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth'});
  };

  // ── asking ──────────────────────────────────────────────────────────────────────────────────
  const path = query => '/payouts/batch' + (Object.keys(query).length ? '?' + new URLSearchParams(query) : '');

  at('compose').addEventListener('submit', async event => {
    event.preventDefault();
    forget();
    const mine = turn;
    const request = compose();
    if (!textOf(request.bytes.subarray(0, 1000)).trim()) {
      reveal(say('empty'));
      at('sums').hidden = at('problems-card').hidden = at('payable-card').hidden = at('violations-card').hidden = true;
      verdict('warn', say('empty'));
      at('content').focus();
      return;
    }
    const key = freshKey();
    at('check').disabled = true;
    at('check').classList.add('busy');
    at('state').textContent = say('checking');
    try {
      const answer = await ask('POST', path({...request.query, dry_run: 'true'}), request.bytes, {'Content-Type': request.type, 'Idempotency-Key': key});
      if (mine !== turn) return;
      if (answer.ok) {
        checked = {...request, key, report: answer.json};
        showReport(request, answer.json);
      } else {
        showViolations(request, answer);
      }
      reveal(at('verdict').textContent);
    } catch {
      if (mine === turn) {
        showViolations(request, {json: null, status: 0});
        reveal(at('verdict').textContent);
      }
    } finally {
      at('check').disabled = false;
      at('check').classList.remove('busy');
    }
  });

  const batchPage = id => '/app/payouts/batch?id=' + encodeURIComponent(id);
  const submissions = async id => {
    try {
      const answer = await fetch(batchPage(id), {headers: {Accept: 'text/html'}, credentials: 'same-origin', cache: 'no-store'});
      if (!answer.ok) return 0;
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      return Number(page.getElementById('progress')?.dataset.submissions ?? 0);
    } catch {
      return 0;
    }
  };

  at('send').addEventListener('click', async () => {
    const sending = checked;
    if (!sending) return;
    const id = sending.report.batch_id;
    const query = {...sending.query, ...(at('all-or-nothing').checked ? {all_or_nothing: 'true'} : {})};
    at('send').disabled = true;
    at('send').classList.add('busy');
    at('send').textContent = say('sending');
    at('state').textContent = say('sending');
    at('check').disabled = true;
    const before = await submissions(id);
    let answered = false;
    // A long batch is on its way as soon as it was taken in: watch it there instead of waiting here.
    const watch = async () => {
      await new Promise(resolve => setTimeout(resolve, 900));
      if (answered) return;
      if (await submissions(id) > before && !answered) location.assign(batchPage(id));
      else watch();
    };
    watch();
    try {
      const answer = await ask('POST', path(query), sending.bytes, {'Content-Type': sending.type, 'Idempotency-Key': sending.key});
      answered = true;
      if (answer.ok || answer.status === 409) return location.assign(batchPage(id));
      at('send-bar').hidden = answer.status < 500 && answer.status !== 429;
      verdict('bad', answer.status === 422 ? say('verdict.all_now') : problem(answer));
    } catch {
      answered = true;
      // The same key: had it arrived after all, it would be answered, not paid again.
      verdict('bad', say('lost'));
    }
    at('verdict').scrollIntoView({block: 'center'});
    at('state').textContent = at('verdict').textContent;
    at('send').disabled = at('check').disabled = false;
    at('send').classList.remove('busy');
    at('send').textContent = say('again');
  });

  // ── taking in ───────────────────────────────────────────────────────────────────────────────
  const size = bytes => bytes < 1024 ? `${bytes} B` : bytes < 1 << 20 ? `${number(Math.round(bytes / 1024))} KB` : `${number(Math.round(bytes / 104857.6) / 10)} MB`;
  const choose = async chosen => {
    if (!chosen) return;
    file = {name: chosen.name, bytes: new Uint8Array(await chosen.arrayBuffer())};
    at('chosen-name').textContent = chosen.name;
    at('chosen-size').textContent = size(file.bytes.length);
    at('chosen').hidden = false;
    at('drop').hidden = at('paste').hidden = true;
    forget();
    at('check').focus();
  };
  at('file').addEventListener('change', event => choose(event.target.files[0]));
  at('forget').addEventListener('click', () => {
    file = null;
    at('file').value = '';
    at('chosen').hidden = true;
    at('drop').hidden = at('paste').hidden = false;
    forget();
    at('content').focus();
  });
  let depth = 0;
  const form = at('compose');
  form.addEventListener('dragenter', event => { event.preventDefault(); depth++; at('drop').classList.add('over'); });
  form.addEventListener('dragleave', () => { if (--depth <= 0) { depth = 0; at('drop').classList.remove('over'); } });
  form.addEventListener('dragover', event => event.preventDefault());
  form.addEventListener('drop', event => {
    event.preventDefault();
    depth = 0;
    at('drop').classList.remove('over');
    choose(event.dataTransfer.files[0]);
  });
  // A file that misses its place must not replace the page.
  ['dragover', 'drop'].forEach(name => addEventListener(name, event => event.preventDefault()));
  at('content').addEventListener('input', forget);
  at('batch-id').addEventListener('input', forget);
  at('scheduled-for').addEventListener('input', forget);
  at('all-or-nothing').addEventListener('change', judge);
  const sample = kind => () => {
    at('content').value = SAMPLE[kind];
    forget();
    at('content').focus();
  };
  at('sample-json').addEventListener('click', sample('json'));
  at('sample-csv').addEventListener('click', sample('csv'));
  describe();
})();
