// Creating a payment, refunds, and the queue: each form asks one route of ours.
'use strict';
(() => {
  const {say, ask, askJson, problem} = Vintem;
  const at = id => document.getElementById(id);

  const tell = (kind, text) => {
    const message = at('message');
    message.className = `notice ${kind}`;
    message.textContent = text;
    message.hidden = false;
    message.scrollIntoView({block: 'nearest'});
  };

  // "1.234,56" and "1234.56" in reais; null where it is no amount.
  const reais = text => {
    const plain = text.replace(/[\s\u00a0]|R\$/g, '');
    const decimal = plain.includes(',') ? plain.replaceAll('.', '').replace(',', '.') : plain;
    return /^\d{1,12}(\.\d{1,2})?$/.test(decimal) && Number(decimal) > 0 ? Number(decimal) : null;
  };

  // One request at a time, and what went wrong is said.
  const attempt = async (form, act) => {
    const button = form.querySelector('button');
    button.disabled = true;
    try {
      const answer = await act();
      if (answer && !answer.ok) tell('bad', problem(answer));
      return answer?.ok ? answer : null;
    } catch {
      tell('bad', say('lost_answer'));
      return null;
    } finally {
      button.disabled = false;
    }
  };

  // The same key for the same content: pressing again after a lost answer asks for the same thing.
  const keys = new Map();
  const keyOf = content => {
    if (!keys.has(content)) keys.set(content, crypto.randomUUID?.() ?? String(Math.random()).slice(2) + Date.now());
    return keys.get(content);
  };
  const post = (path, value) => {
    const body = JSON.stringify(value ?? {});
    return ask('POST', path, value === undefined ? undefined : body,
      {'Idempotency-Key': keyOf(path + body), ...(value === undefined ? {} : {'Content-Type': 'application/json'})});
  };

  const amount = input => {
    const value = reais(input.value);
    if (value === null) {
      tell('bad', say('payments.value'));
      input.focus();
    }
    return value;
  };

  const acts = {
    async create(form) {
      const value = amount(form.elements.value);
      if (value === null) return;
      const wish = {value, expires_in: Number(form.elements.expires.value)};
      for (const name of ['description', 'reference', 'mode']) {
        if (form.elements[name].value.trim()) wish[name] = form.elements[name].value.trim();
      }
      const answer = await attempt(form, () => post('/payments/pix', wish));
      if (answer) location.assign(`/app/payments/one?id=${answer.json.payment.id}`);
    },
    async refund(form) {
      const value = amount(form.elements.value);
      if (value === null || !confirm(say('payments.refund.sure', Vintem.money(Math.round(value * 100))))) return;
      const wish = {value};
      if (form.elements.description.value.trim()) wish.description = form.elements.description.value.trim();
      const answer = await attempt(form, () => post(`/payments/pix/${form.dataset.id}/refunds`, wish));
      if (answer) location.reload();
    },
    async remove(form) {
      if (!confirm(say('payments.remove.sure'))) return;
      if (await attempt(form, () => askJson('DELETE', `/payments/pix/${form.dataset.id}`))) location.reload();
    },
  };
  const listActs = {
    async match(form, id) {
      const typed = form.elements.payment.value.trim();
      let paymentId = typed;
      if (!/^[0-9a-f-]{36}$/i.test(typed)) {
        const found = await attempt(form, () => askJson('GET', `/payments/pix?q=${encodeURIComponent(typed)}&limit=2`));
        if (!found) return;
        if (found.json.items.length !== 1) return tell('bad', say('payments.match.which'));
        paymentId = found.json.items[0].id;
      }
      if (await attempt(form, () => post(`/payments/pix/unmatched/${id}/match`, {payment_id: paymentId}))) location.reload();
    },
    async 'give-back'(form, id) {
      if (!confirm(say('payments.give_back.sure'))) return;
      if (await attempt(form, () => post(`/payments/pix/unmatched/${id}/refund`))) location.reload();
    },
    async dismiss(form, id) {
      if (await attempt(form, () => post(`/payments/pix/unmatched/${id}/dismissal`))) location.reload();
    },
  };

  // Forms come and go while the page follows the payment, so the page listens for all of them.
  document.addEventListener('submit', event => {
    const form = event.target;
    const act = acts[form.id] ?? listActs[form.classList[0]];
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
