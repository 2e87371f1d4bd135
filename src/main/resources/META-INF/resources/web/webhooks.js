// Endpoints, their secrets and deliveries: each button asks one route of ours.
'use strict';
(() => {
  const {say, askJson, problem, count} = Vintem;
  const at = id => document.getElementById(id);
  const on = (id, event, act) => at(id)?.addEventListener(event, act);

  const tell = (kind, text) => {
    const message = at('message');
    message.className = `notice ${kind}`;
    message.textContent = text;
    message.hidden = false;
    message.scrollIntoView({block: 'nearest'});
  };

  // One request at a time; what went wrong is said.
  const attempt = async (button, ask, done) => {
    button.disabled = true;
    try {
      const answer = await ask();
      if (answer.ok) done(answer.json);
      else tell('bad', problem(answer));
    } catch {
      tell('bad', say('lost_answer'));
    } finally {
      button.disabled = false;
    }
  };
  const onSubmit = (id, act) => on(id, 'submit', event => {
    event.preventDefault();
    const form = event.currentTarget;
    act(form, form.querySelector('button:not([type=button])'));
  });
  const onClick = (id, act) => on(id, 'click', event => act(event.currentTarget, event.currentTarget.dataset));

  const reveal = endpoint => {
    at('secret-value').value = endpoint.secret;
    at('secret').hidden = false;
    at('go-on').href = `/app/webhooks/endpoint?id=${endpoint.id}`;
    at('secret').scrollIntoView({block: 'nearest'});
    at('secret-value').focus();
    at('secret-value').select();
  };

  // Null is all there are; nothing where none is ticked.
  const types = form => {
    if (at('all').checked) return null;
    const ticked = [...form.querySelectorAll('[name=type]:checked')].map(each => each.value);
    return ticked.length ? ticked : undefined;
  };
  const endpoint = form => ({url: form.url.value.trim(), description: form.description.value, types: types(form)});
  on('all', 'change', event => { at('some').hidden = event.currentTarget.checked; });

  onSubmit('new-endpoint', (form, button) => {
    const value = endpoint(form);
    if (value.types === undefined) return tell('bad', say('webhooks.no_type'));
    attempt(button, () => askJson('POST', '/webhooks/endpoints', value), made => {
      at('message').hidden = true;
      form.hidden = true;
      reveal(made);
    });
  });
  onSubmit('change-endpoint', (form, button) => {
    const value = endpoint(form);
    if (value.types === undefined) return tell('bad', say('webhooks.no_type'));
    attempt(button, () => askJson('PATCH', `/webhooks/endpoints/${form.dataset.id}`, value), () => location.reload());
  });
  onSubmit('rotate', (form, button) => {
    if (form.overlap.value === '0' && !confirm(say('webhooks.sure_now'))) return;
    attempt(button, () => askJson('POST', `/webhooks/endpoints/${form.dataset.id}/rotate`, {overlap_hours: Number(form.overlap.value)}), reveal);
  });
  onSubmit('replay-dead', (form, button) => {
    const since = form.since.value ? `?since=${encodeURIComponent(new Date(form.since.value).toISOString())}` : '';
    attempt(button, () => askJson('POST', `/webhooks/endpoints/${form.dataset.id}/replay${since}`), ({replayed}) => tell('good', count('webhooks.replayed', replayed)));
  });
  onClick('try', (button, {id}) =>
    attempt(button, () => askJson('POST', `/webhooks/endpoints/${id}/test`), delivery => location.assign(`/app/webhooks/delivery?id=${delivery.id}`)));
  onClick('set-enabled', (button, {id, enabled}) =>
    attempt(button, () => askJson('PATCH', `/webhooks/endpoints/${id}`, {enabled: enabled === 'true'}), () => location.reload()));
  onClick('delete', (button, {id}) => {
    if (confirm(say('webhooks.sure_delete'))) attempt(button, () => askJson('DELETE', `/webhooks/endpoints/${id}`), () => location.assign('/app/webhooks'));
  });
  onClick('replay', (button, {id}) =>
    attempt(button, () => askJson('POST', `/webhooks/deliveries/${id}/replay`), () => location.reload()));
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

  // Somebody who has just sent something waits for what comes of it.
  const list = document.querySelector('[data-attempts]');
  const look = async left => {
    const answer = await askJson('GET', `/webhooks/deliveries/${at('replay').dataset.id}`).catch(() => null);
    if (answer?.ok && (answer.json.status !== 'waiting' || answer.json.log.length > Number(list.dataset.attempts))) location.reload();
    else if (left > 0) setTimeout(look, 1000, left - 1);
  };
  if (list && document.querySelector('.status-line.hook-waiting')) setTimeout(look, 1000, 30);
})();
