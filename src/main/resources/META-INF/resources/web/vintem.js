// What all pages share: words, money, and requests to our own routes.
'use strict';
const Vintem = (() => {
  const meta = name => document.querySelector(`meta[name=${name}]`).content;
  const words = JSON.parse(meta('words') || '{}');
  const tag = document.documentElement.lang;
  const reais = new Intl.NumberFormat('pt-BR', {minimumFractionDigits: 2, maximumFractionDigits: 2});
  const whole = new Intl.NumberFormat(tag);

  // The text under js.<key>, with {0}, {1} … filled in.
  const say = (key, ...given) =>
    given.reduce((text, each, i) => text.replaceAll(`{${i}}`, each), words[`js.${key}`] ?? key);
  const knows = key => `js.${key}` in words;
  const number = value => whole.format(value);
  const count = (key, value) => say(`${key}.${value === 1 ? 'one' : 'many'}`, number(value));
  const money = cents => `${cents < 0 ? '\u2212' : ''}R$\u00a0${reais.format(Math.abs(cents) / 100)}`;

  // An element with text in it; never markup.
  const make = (name, className, text) => {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };

  // Rejects only where no answer came.
  const ask = async (method, path, body, headers = {}) => {
    const answer = await fetch(path, {
      method, body, credentials: 'same-origin', cache: 'no-store',
      headers: {'X-CSRF-Token': meta('csrf'), Accept: 'application/json, application/problem+json', ...headers},
    });
    const text = await answer.text();
    let json = null;
    try { json = text ? JSON.parse(text) : null; } catch { /* not ours: a proxy's page */ }
    return {ok: answer.ok, status: answer.status, json, headers: answer.headers};
  };
  const askJson = (method, path, value) =>
    ask(method, path, value === undefined ? undefined : JSON.stringify(value), value === undefined ? {} : {'Content-Type': 'application/json'});

  // A reason the server gave in English, in the words of the page.
  const reason = text => {
    for (const [pattern, key] of [
      [/^must be an integer number$/, 'why.integer'], [/^does not fit in 64 bits$/, 'why.bits'],
      [/^is longer than (\d+) characters$/, 'why.longer'], [/^must be a string$/, 'why.string'],
      [/^must be an object$/, 'why.object'], [/^must not be blank$/, 'why.blank'], [/^is required$/, 'why.required'],
      [/^is required where there is neither/, 'why.external_id'], [/^must be an array of 1 to (\d+) items$/, 'why.items'],
      [/^has more than (\d+) items$/, 'why.many'], [/^is not strict JSON at line (\d+), column (\d+)$/, 'why.json_at'],
      [/^is not JSON$/, 'why.json'], [/^must be a JSON object$/, 'why.json_object'], [/^is not CSV near row (\d+)$/, 'why.csv'],
      [/^the first line must name/, 'why.header'], [/^is not UTF-8$/, 'why.utf8'], [/^must be 1 to (\d+) characters$/, 'why.length'],
      [/^must have (\d+) to (\d+) characters$/, 'why.password'], [/^must not be the user name$/, 'why.password_name'],
      [/^is in the past$/, 'why.past'], [/^is not an e-mail address$/, 'why.email'],
      [/^something follows the JSON document$/, 'why.trailing'], [/^holds U\+0000/, 'why.nul'],
    ]) {
      const found = pattern.exec(text);
      if (found) return say(key, ...found.slice(1));
    }
    return text;
  };

  // What to tell somebody whose request was refused.
  const problem = answer => {
    const body = answer.json ?? {};
    const code = String(body.type ?? '').split('/').pop();
    if (body.violations?.length) return body.violations.map(each => knows(`why.${each.code}`) ? say(`why.${each.code}`) : reason(each.reason)).join(' · ');
    if (knows(`problem.${code}`)) return say(`problem.${code}`);
    return knows(`problem.${answer.status}`) ? say(`problem.${answer.status}`) : say('problem.other', body.detail ?? answer.status);
  };

  return {say, knows, number, count, money, make, ask, askJson, reason, problem};
})();

// The keyboard: / searches, g and a letter goes to a section, ? shows what there is; and the
// navigation of small screens.
(() => {
  const help = document.getElementById('keys');
  const find = document.getElementById('seek');
  const menu = document.querySelector('.menu');
  let going = 0;
  const isTyping = target => target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);

  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || help?.open) return;
    if (event.key === '/' && find) {
      event.preventDefault();
      find.focus();
      find.select();
    } else if (event.key === '?' && help) {
      event.preventDefault();
      help.showModal();
    } else if (event.key === 'g') {
      going = performance.now();
    } else if (going && performance.now() - going < 1500) {
      going = 0;
      const key = CSS.escape(event.key.toLowerCase());
      document.querySelector(`#nav a[data-key="${key}"]`)?.click();
    }
  });

  menu?.addEventListener('click', () => {
    const open = menu.getAttribute('aria-expanded') !== 'true';
    menu.setAttribute('aria-expanded', open);
    document.body.classList.toggle('menu-open', open);
  });
})();
