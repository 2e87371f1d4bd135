// Importing a statement, and saying what belongs together: each asks one route of ours.
'use strict';
(() => {
  const {say, ask, askJson, problem} = Vintem;
  const at = id => document.getElementById(id);
  const tell = (kind, text) => {
    const message = at('message');
    message.className = `notice ${kind}`;
    message.textContent = text;
    message.hidden = false;
    message.scrollIntoView({block: 'center'});
  };
  const attempt = async (button, act) => {
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
  const on = (id, act) => at(id)?.addEventListener('submit', event => {
    event.preventDefault();
    const form = event.currentTarget;
    act(form, form.querySelector('button:not([type=button])'));
  });
  const imported = answer => {
    if (!answer) return;
    if (answer.status === 200) return tell('', say('tieout.known'));
    location.assign(`/app/reconciliation/day?date=${answer.json.last_day}`);
  };

  on('import-file', async (form, button) => {
    const file = at('statement').files[0];
    if (!file) return;
    const query = new URLSearchParams({name: file.name.slice(0, 255)});
    imported(await attempt(button, async () => ask('POST', `/reconciliation/statements?${query}`, new Uint8Array(await file.arrayBuffer()), {'Content-Type': 'application/octet-stream'})));
  });
  on('import-rail', async (form, button) =>
    imported(await attempt(button, () => askJson('POST', '/reconciliation/statements/rail', {day: at('rail-day').value}))));
  on('match', async (form, button) => {
    const chosen = name => [...form.querySelectorAll(`input[name=${name}]:checked`)].map(each => each.value);
    const wish = {lines: chosen('line'), movements: chosen('movement')};
    if (!wish.lines.length && !wish.movements.length) return tell('bad', say('tieout.choose'));
    if (await attempt(button, () => askJson('POST', '/reconciliation/matches', wish))) location.reload();
  });
  document.addEventListener('click', async event => {
    const button = event.target.closest('[data-part]');
    if (button && await attempt(button, () => askJson('DELETE', `/reconciliation/matches/${button.dataset.part}`))) location.reload();
  });
})();
