// Passwords, users and keys: each form asks one route of ours.
'use strict';
(() => {
  const {say, askJson, problem} = Vintem;
  const at = id => document.getElementById(id);
  const on = (id, event, act) => at(id)?.addEventListener(event, act);

  const tell = (kind, text) => {
    const message = at('message');
    message.className = `notice ${kind}`;
    message.textContent = text;
    message.hidden = false;
    message.scrollIntoView({block: 'nearest'});
  };

  // Runs one request at a time, and says what went wrong.
  const attempt = async (button, act) => {
    button.disabled = true;
    try {
      await act();
    } catch (failed) {
      tell('bad', failed.message === 'said' ? at('message').textContent : say('lost_answer'));
    } finally {
      button.disabled = false;
    }
  };
  const must = answer => {
    if (!answer.ok) {
      tell('bad', problem(answer));
      throw new Error('said');
    }
    return answer.json;
  };
  const onSubmit = (id, act) => on(id, 'submit', event => {
    event.preventDefault();
    const form = event.currentTarget;
    attempt(form.querySelector('button:not([type=button])'), () => act(form));
  });
  const refuse = text => {
    tell('bad', text);
    throw new Error('said');
  };

  // "1.234,56" and "1234.56" as cents; null where the field is empty.
  const cents = input => {
    const text = input.value.replace(/[\s\u00a0]|R\$/g, '');
    if (!text) return null;
    const plain = text.includes(',') ? text.replaceAll('.', '').replace(',', '.') : text;
    if (!/^\d{1,15}(\.\d{1,2})?$/.test(plain)) {
      input.focus();
      refuse(say('not_money'));
    }
    const [reais, fraction = ''] = plain.split('.');
    return Number(reais + fraction.padEnd(2, '0'));
  };
  const grant = form => ({
    roles: Object.fromEntries([...form.querySelectorAll('[data-capability]')].filter(each => each.value !== 'none').map(each => [each.dataset.capability, each.value])),
    per_item_limit_cents: cents(form.per_item),
    daily_limit_cents: cents(form.daily),
    release_above_cents: cents(form.release_above),
    ...(form.release_limit ? {release_limit_cents: cents(form.release_limit)} : {}),
  });
  const same = (one, other) => {
    if (one !== other) refuse(say('not_same'));
  };
  const reveal = text => {
    at('secret-value').value = text;
    at('secret').hidden = false;
    at('secret-value').focus();
    at('secret-value').select();
  };

  onSubmit('password', async form => {
    same(form.new.value, form.repeated.value);
    must(await askJson('POST', '/auth/password', {old_password: form.old.value, new_password: form.new.value}));
    form.reset();
    tell('good', say('password_changed'));
  });
  onSubmit('reset', async form => {
    same(form.password.value, form.repeated.value);
    const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
    if (!token) refuse(say('problem.no-such-ticket'));
    must(await askJson('POST', '/auth/password-reset', {token, password: form.password.value}));
    location.assign('/app/sign-in');
  });
  on('everywhere', 'click', event => {
    if (confirm(say('sure_everywhere'))) attempt(event.currentTarget, async () => {
      must(await askJson('POST', '/auth/sign-out-everywhere'));
      location.assign('/app/sign-in');
    });
  });
  onSubmit('user', async form => {
    const id = form.dataset.id;
    if (id) {
      must(await askJson('PATCH', `/users/${id}`, grant(form)));
      tell('good', say('saved'));
    } else {
      must(await askJson('POST', '/users', {name: form.elements.name.value, password: form.password.value, ...grant(form)}));
      location.assign('/app/access/users');
    }
  });
  on('offer-reset', 'click', event => {
    const id = event.currentTarget.dataset.id;
    attempt(event.currentTarget, async () => {
      const ticket = must(await askJson('POST', `/users/${id}/password-reset`));
      reveal(`${location.origin}/app/new-password#token=${ticket.token}`);
    });
  });
  on('set-active', 'click', event => {
    const {id, active} = event.currentTarget.dataset;
    if (active === 'true' || confirm(say('sure_deactivate'))) attempt(event.currentTarget, async () => {
      must(await askJson('PATCH', `/users/${id}`, {active: active === 'true'}));
      location.reload();
    });
  });
  onSubmit('key', async form => {
    const value = {name: form.elements.name.value, ...grant(form)};
    if (form.expires.value) value.expires_at = new Date(`${form.expires.value}T23:59:59-03:00`).toISOString();
    const made = must(await askJson('POST', '/keys', value));
    form.hidden = true;
    reveal(made.key);
  });
  document.querySelectorAll('[data-revoke]').forEach(button => button.addEventListener('click', () => {
    if (confirm(say('sure_revoke', button.dataset.name))) attempt(button, async () => {
      must(await askJson('DELETE', `/keys/${button.dataset.revoke}`));
      location.reload();
    });
  }));
  on('copy', 'click', async event => {
    const button = event.currentTarget;
    at('secret-value').select();
    try {
      await navigator.clipboard.writeText(at('secret-value').value);
    } catch {
      document.execCommand('copy');
    }
    button.textContent = say('copied');
  });
})();
