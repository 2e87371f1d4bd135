// Adding a client, and an allocation: each form asks one route of ours, once.
'use strict';
(() => {
  const {say, ask, problem} = Vintem;
  const tell = text => {
    const message = document.getElementById('message');
    message.textContent = text;
    message.hidden = false;
  };

  // Digits as they were typed, never through a floating number: 1.234,56 and 1234.56.
  const decimal = text => {
    const plain = /,/.test(text) ? text.replaceAll('.', '').replace(',', '.') : text;
    return /^[0-9]{1,13}(\.[0-9]{1,8})?$/.test(plain.trim()) ? plain.trim() : null;
  };

  // The same key until there is an answer, so that a second try is no second allocation.
  const keys = new WeakMap();
  const send = async (form, path, body, next) => {
    const button = form.querySelector('button');
    button.disabled = true;
    if (!keys.has(form)) keys.set(form, crypto.randomUUID());
    try {
      const answer = await ask('POST', path, body, {'Content-Type': 'application/json', 'Idempotency-Key': keys.get(form)});
      keys.delete(form);
      if (answer.ok) return next(answer.json);
      tell(problem(answer));
    } catch {
      tell(say('lost_answer'));
    }
    button.disabled = false;
  };

  document.addEventListener('submit', event => {
    const form = event.target;
    const field = name => form.elements[name].value.trim();
    if (form.id === 'add-client') {
      event.preventDefault();
      const body = JSON.stringify({name: field('name'), email: field('email'), advisor: field('advisor') || null});
      send(form, '/clients', body, client => location.assign(`/app/investments/client?id=${client.id}`));
    } else if (form.id === 'allocate') {
      event.preventDefault();
      const quantity = decimal(field('quantity'));
      const price = field('price') ? decimal(field('price')) : 'null';
      if (quantity === null || price === null) return tell(say('investments.decimal'));
      const rest = JSON.stringify({client_id: Number(form.dataset.client), asset_symbol: field('symbol'), buy_date: field('date')});
      send(form, '/allocations', `${rest.slice(0, -1)},"quantity":${quantity},"buy_price":${price}}`, () => location.reload());
    }
  });
})();
