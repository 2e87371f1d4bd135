// Sending a file of debts, and what an operator does with files, charges and money of nobody.
'use strict';
(() => {
  const {say, number, ask, askJson, problem} = Vintem;
  const at = id => document.getElementById(id);

  const tell = (kind, text) => {
    const message = at('message');
    message.className = `notice ${kind}`;
    message.textContent = text;
    message.hidden = false;
    message.scrollIntoView({block: 'nearest'});
  };

  // ── sending a file ──────────────────────────────────────────────────────────────────────────
  const SPREADSHEET = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
  let file = null;

  const choose = chosen => {
    file = chosen ?? null;
    at('chosen').hidden = !file;
    at('drop').hidden = Boolean(file);
    if (!file) return at('file').focus();
    at('chosen-name').textContent = file.name;
    at('chosen-size').textContent = say('billing.bytes', number(file.size));
    at('message').hidden = true;
  };

  // fetch does not tell how far a body has gone.
  const upload = (path, body, type, moved) => new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', path);
    request.setRequestHeader('X-CSRF-Token', document.querySelector('meta[name=csrf]').content);
    request.setRequestHeader('Accept', 'application/json, application/problem+json');
    request.setRequestHeader('Content-Type', type);
    request.upload.onprogress = event => moved(event.loaded, event.total);
    request.onerror = request.onabort = reject;
    request.onload = () => {
      let json = null;
      try { json = JSON.parse(request.responseText); } catch { /* not ours: a proxy's page */ }
      resolve({ok: request.status >= 200 && request.status < 300, status: request.status, json});
    };
    request.send(body);
  });

  const send = async form => {
    if (!file) {
      tell('warn', say('billing.choose'));
      return at('file').focus();
    }
    const query = new URLSearchParams({name: file.name});
    for (const name of ['fine', 'interest', 'discount', 'billed']) {
      const value = form.elements[name].value.trim();
      if (value) query.set(name, value);
    }
    const type = /\.xlsx$/i.test(file.name) ? SPREADSHEET : 'text/csv';
    at('send').disabled = true;
    at('message').hidden = true;
    at('sending').hidden = false;
    try {
      const answer = await upload(`/billing/files?${query}`, file, type, (loaded, total) => {
        const percent = total ? Math.floor(100 * loaded / total) : 100;
        at('sent').value = percent;
        at('sent-text').textContent = percent === 100 ? say('billing.looking') : `${percent}%`;
      });
      const id = answer.ok ? answer.json.id : answer.json?.file_id;
      // What is no file of debts is on record, too: its page says why.
      if (id) return location.assign(`/app/billing/file?id=${id}${answer.json.duplicate ? '&again=1' : ''}`);
      tell('bad', problem(answer));
    } catch {
      // A changed or vanished file fails like this as well.
      tell('bad', say('billing.lost'));
    }
    at('send').disabled = false;
    at('sending').hidden = true;
  };

  if (at('upload')) {
    at('file').addEventListener('change', event => choose(event.target.files[0]));
    at('forget').addEventListener('click', () => {
      at('file').value = '';
      choose(null);
    });
    for (const name of ['dragenter', 'dragover', 'dragleave', 'drop']) {
      at('drop').addEventListener(name, event => {
        event.preventDefault();
        at('drop').classList.toggle('over', name === 'dragenter' || name === 'dragover');
        if (name === 'drop' && event.dataTransfer.files.length) choose(event.dataTransfer.files[0]);
      });
    }
  }

  // ── everything else: each form asks one route of ours ───────────────────────────────────────
  const attempt = async (form, act) => {
    const button = form.querySelector('button');
    button.disabled = true;
    try {
      const answer = await act();
      if (answer.ok) return location.reload();
      tell('bad', problem(answer));
    } catch {
      tell('bad', say('lost_answer'));
    }
    button.disabled = false;
  };

  const cancelFile = form => {
    const box = form.elements.charges;
    // Cancelled before: all that is left to do are its charges.
    const charges = !box || box.checked;
    if (!confirm(say(charges ? 'billing.cancel_all.sure' : 'billing.stop.sure'))) return;
    return attempt(form, () => ask('POST', `/billing/files/${form.dataset.id}/cancel?charges=${charges}`));
  };
  const acts = {
    upload: send,
    'stop-file': cancelFile,
    'cancel-file': cancelFile,
    'cancel-charge': form => confirm(say('billing.cancel.sure'))
      && attempt(form, () => ask('POST', `/charges/${form.dataset.id}/cancel`)),
    'due-date': form =>
      attempt(form, () => askJson('POST', `/charges/${form.dataset.id}/due-date`, {due_date: form.elements.due.value})),
    // One key for as long as the page shows this credit: pressing again after a lost answer asks for
    // the same refund.
    'refund-credit': form => {
      form.dataset.key ??= crypto.randomUUID?.() ?? String(Math.random()).slice(2) + Date.now();
      return confirm(say('billing.credit.sure'))
        && attempt(form, () => ask('POST', `/charges/${form.dataset.id}/credit-refund`, undefined, {'Idempotency-Key': form.dataset.key}));
    },
    'match-debt': (form, id) =>
      attempt(form, () => askJson('POST', `/billing/payments/unknown/${id}/match`, {debt_id: form.elements.debt.value.trim()})),
    'dismiss-debt': (form, id) => confirm(say('billing.dismiss.sure'))
      && attempt(form, () => ask('POST', `/billing/payments/unknown/${id}/dismiss`)),
    suppress: form =>
      attempt(form, () => askJson('POST', '/billing/suppressions', {email: form.elements.email.value.trim()})),
    lift: (form, id) =>
      attempt(form, () => ask('DELETE', `/billing/suppressions/${id}?${new URLSearchParams({reason: form.elements.reason.value})}`)),
  };

  // Forms come and go while the page follows what happens, so the page listens for all of them.
  document.addEventListener('submit', event => {
    const form = event.target;
    const act = acts[form.id] ?? acts[form.classList[0]];
    if (!act) return;
    event.preventDefault();
    act(form, form.closest('[data-id]')?.dataset.id);
  });
  document.addEventListener('click', async event => {
    const button = event.target.closest('[data-copy], [data-copy-link]');
    if (!button) return;
    const text = button.dataset.copy ?? new URL(button.dataset.copyLink, location.href).href;
    try {
      await navigator.clipboard.writeText(text);
      tell('good', say('payments.copied'));
    } catch {
      tell('', text);
    }
  });
})();
