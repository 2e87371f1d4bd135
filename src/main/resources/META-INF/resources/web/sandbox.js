// The sandbox's controls: each form asks routes that are there for everybody.
'use strict';
(() => {
  const {say, askJson, problem, make} = Vintem;
  const message = document.getElementById('message');
  const tell = (kind, ...parts) => {
    message.className = `notice ${kind}`;
    message.replaceChildren(...parts);
    message.hidden = false;
    message.scrollIntoView({block: 'nearest'});
  };
  const on = (id, act) => {
    const form = document.getElementById(id);
    form?.addEventListener('submit', async event => {
      event.preventDefault();
      const button = form.querySelector('button');
      button.disabled = true;
      try {
        await act(form);
      } catch {
        tell('bad', say('lost_answer'));
      } finally {
        button.disabled = false;
      }
    });
  };
  const amount = text => {
    const plain = text.replace(/[\s\u00a0]|R\$/g, '');
    return Number(plain.includes(',') ? plain.replaceAll('.', '').replace(',', '.') : plain);
  };

  on('receive', async form => {
    const made = await askJson('POST', '/payments/pix', {value: amount(form.elements.value.value)});
    if (!made.ok) return tell('bad', problem(made));
    const {id} = made.json.payment;
    const paid = await askJson('POST', `/payments/pix/${id}/simulation`);
    if (!paid.ok) return tell('bad', problem(paid));
    const link = make('a', '', say('sandbox.story'));
    link.href = `/app/story/${id}`;
    tell('good', `${say('sandbox.received')} `, link);
  });
  on('behave', async form => {
    const done = await askJson('PUT', '/sandbox/cashback/behaviour', {behaviour: form.elements.behaviour.value});
    return done.ok ? tell('good', say('sandbox.behaves', form.elements.behaviour.value)) : tell('bad', problem(done));
  });
})();
