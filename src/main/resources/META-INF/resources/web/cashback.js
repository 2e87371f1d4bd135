// A reseller's purchases, cashback and payouts, and what the company does with them: each form asks
// one route of ours.
'use strict';
(() => {
  const {say, knows, money, ask, askJson, problem} = Vintem;
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
    return /^\d{1,12}(\.\d{1,2})?$/.test(decimal) ? Number(decimal) : null;
  };

  // What was wrong, with the field's name where the page knows it.
  const refusal = answer => {
    const violations = answer.json?.violations;
    if (!violations?.length) return problem(answer);
    return violations.map(each => {
      const key = `cashback.wrong.${each.pointer.split('/')[1]}`;
      return knows(key) ? say(key) : Vintem.reason(each.reason);
    }).join(' · ');
  };

  // One request at a time, and what went wrong is said.
  const attempt = async (buttons, act) => {
    buttons.forEach(each => { each.disabled = true; });
    try {
      const answer = await act();
      if (!answer.ok) tell('bad', refusal(answer));
      return answer.ok ? answer : null;
    } catch {
      tell('bad', say('lost_answer'));
      return null;
    } finally {
      buttons.forEach(each => { each.disabled = false; });
    }
  };
  const buttonsOf = form => [...form.querySelectorAll('button')];

  // The same key for the same content: pressing again after a lost answer asks for the same thing.
  const keys = new Map();
  const keyOf = content => {
    if (!keys.has(content)) keys.set(content, crypto.randomUUID?.() ?? String(Math.random()).slice(2) + Date.now());
    return keys.get(content);
  };
  const postOnce = (path, value) => {
    const body = JSON.stringify(value);
    return ask('POST', path, body, {'Idempotency-Key': keyOf(path + body), 'Content-Type': 'application/json'});
  };

  const amount = input => {
    const value = reais(input.value);
    if (!value) {
      tell('bad', say('cashback.wrong.valor'));
      input.focus();
      return null;
    }
    return value;
  };

  const purchase = form => {
    const valor = amount(form.elements.valor);
    return valor && {codigo: form.elements.codigo.value.trim(), valor, data: form.elements.data.value};
  };

  // "1000,00 15": above how much, and how many percent; one line each.
  const brackets = text => text.trim().split('\n').map(line => {
    const [above, percent] = line.trim().split(/\s+/).map(each => reais(each.replace('%', '')));
    return {acima_de: above, percentual: percent};
  });

  const acts = {
    async register(form) {
      const wish = {};
      for (const name of ['full_name', 'cpf', 'email', 'phone', 'username', 'password']) {
        if (form.elements[name].value) wish[name] = form.elements[name].value;
      }
      wish.username = wish.username?.toLowerCase();
      // With the password just chosen the form itself signs in.
      if (await attempt(buttonsOf(form), () => askJson('POST', '/revendedor', wish))) form.submit();
    },
    async buy(form) {
      const wish = purchase(form);
      if (!wish) return;
      wish.cpf = form.dataset.cpf;
      if (await attempt(buttonsOf(form), () => postOnce('/compra', wish))) location.assign('/app/cashback');
    },
    async edit(form) {
      const wish = purchase(form);
      if (wish && await attempt(buttonsOf(form), () => askJson('PATCH', `/compra?id=${form.dataset.id}`, wish))) location.reload();
    },
    async delete(form) {
      if (!confirm(say('cashback.delete.sure'))) return;
      if (await attempt(buttonsOf(form), () => askJson('DELETE', `/compra?id=${form.dataset.id}`))) location.assign('/app/cashback');
    },
    async redeem(form) {
      const valor = amount(form.elements.valor);
      if (!valor || !confirm(say('cashback.redeem.sure', money(Math.round(valor * 100))))) return;
      const wish = {valor, chave_pix: form.elements.chave_pix.value.trim()};
      if (await attempt(buttonsOf(form), () => postOnce('/cashback/resgates', wish))) location.reload();
    },
    async forget(form) {
      if (!confirm(say('cashback.forget.sure'))) return;
      if (await attempt(buttonsOf(form), () => askJson('DELETE', `/revendedor/dados?id=${form.dataset.id}`))) location.assign('/app/sign-in');
    },
    async judge(form, pressed) {
      const ids = [...form.querySelectorAll('[name=ids]:checked')].map(each => each.value);
      const wish = {status: pressed.value, ids};
      const answer = await attempt(buttonsOf(form), () => askJson('POST', '/compra/status', wish));
      if (!answer) return;
      if (answer.json.recusadas) tell('warn', say('cashback.judged.some', answer.json.recusadas));
      else location.reload();
    },
    async decide(form) {
      const faixas = brackets(form.elements.faixas.value);
      const wish = {vigente_desde: form.elements.vigente_desde.value, arredondamento: form.elements.arredondamento.value, faixas};
      if (await attempt(buttonsOf(form), () => askJson('POST', '/cashback/faixas', wish))) location.reload();
    },
    async 'approve-cpf'(form) {
      const wish = {cpf: form.elements.cpf.value};
      if (await attempt(buttonsOf(form), () => askJson('POST', '/cashback/cpfs-aprovados', wish))) location.reload();
    },
    async close(form) {
      if (!confirm(say('cashback.close.sure', form.elements.mes.selectedOptions[0].text))) return;
      const wish = {mes: form.elements.mes.value};
      if (await attempt(buttonsOf(form), () => askJson('POST', '/cashback/fechamentos', wish))) location.reload();
    },
  };

  document.addEventListener('submit', event => {
    const act = acts[event.target.id];
    if (!act) return;
    event.preventDefault();
    act(event.target, event.submitter);
  });

  document.addEventListener('click', async event => {
    const takeBack = event.target.closest('[data-take-back]');
    if (takeBack) {
      const motivo = prompt(say('cashback.take_back.why'));
      if (!motivo?.trim()) return;
      const path = `/compra/${takeBack.dataset.takeBack}/status`;
      if (await attempt([takeBack], () => askJson('POST', path, {status: 'Reprovado', motivo}))) location.reload();
    }
    const end = event.target.closest('[data-end]');
    if (end && await attempt([end], () => askJson('DELETE', `/cashback/cpfs-aprovados/${end.dataset.end}`))) location.reload();
  });

  // Choosing purchases to judge.
  const judge = at('judge');
  if (judge) {
    judge.addEventListener('change', event => {
      const boxes = [...judge.querySelectorAll('[name=ids]')];
      if (event.target.id === 'all') boxes.forEach(each => { each.checked = event.target.checked; });
      const some = boxes.some(each => each.checked);
      judge.querySelectorAll('[name=status]').forEach(each => { each.disabled = !some; });
    });
  }

  // In the way people of the page write amounts.
  const value = document.querySelector('input[data-cents]');
  if (value) value.value = money(Number(value.dataset.cents)).replace(/^R\$\u00a0/, '');

  // The outside figure: what it is, and since when it is known.
  const showCredit = async () => {
    let known = null;
    try {
      const answer = await askJson('GET', '/cashback');
      known = answer.ok ? answer.json : null;
    } catch { /* told below */ }
    const origin = known?.origem ?? 'unavailable';
    at('credit').textContent = known?.credit == null ? '—' : money(Math.round(known.credit * 100));
    const since = known?.desde ? new Intl.DateTimeFormat(document.documentElement.lang, {dateStyle: 'short', timeStyle: 'short', timeZone: 'America/Sao_Paulo'}).format(new Date(known.desde)) : '';
    at('freshness').textContent = say(`cashback.origin.${origin}`, since);
  };
  if (document.querySelector('[data-outside]')) showCredit();
})();
