// Releasing, refusing and taking back what is held: each asks one route of ours.
'use strict';
(() => {
  const {say, askJson, problem} = Vintem;
  const at = id => document.getElementById(id);
  const card = at('decide');
  if (!card) return;
  const {id, digest, sum} = card.dataset;

  const tell = text => {
    const message = at('message');
    message.className = 'notice bad';
    message.textContent = text;
    message.hidden = false;
    message.scrollIntoView({block: 'center'});
  };
  const decide = async (form, path, value) => {
    const buttons = [...card.querySelectorAll('button:not([disabled])')];
    buttons.forEach(each => { each.disabled = true; });
    form.querySelector('button').classList.add('busy');
    try {
      const answer = await askJson('POST', `/payouts/holds/${id}/${path}`, value);
      if (answer.ok) return location.assign(`/app/payouts/hold?id=${id}`);
      tell(problem(answer));
    } catch {
      // Asked again it is the same: whatever was decided is not decided twice.
      tell(say('lost_answer'));
    }
    form.querySelector('button').classList.remove('busy');
    buttons.forEach(each => { each.disabled = false; });
  };
  const on = (name, act) => at(name)?.addEventListener('submit', event => {
    event.preventDefault();
    act(event.currentTarget);
  });

  on('release', form => {
    if (confirm(say('hold.sure_release', sum))) decide(form, 'release', {digest});
  });
  on('refuse', form => decide(form, 'refusal', {reason: form.elements.reason.value.trim()}));
  on('cancel', form => {
    if (confirm(say('hold.sure_cancel'))) decide(form, 'cancellation');
  });
})();
