// The payer's and the debtor's page: copy, countdown, and the news that it is paid, without a reload.
'use strict';
(() => {
  const OPEN = ['active', 'registering', 'open', 'partially_paid'];
  const slip = () => document.getElementById('slip');
  const isOpen = () => OPEN.includes(slip().dataset.status);

  // The countdown goes by the time since the page came, never by the device's clock.
  let cameAt = performance.now();
  let left = Number(slip().dataset.left);
  let whole = left;
  const two = number => String(number).padStart(2, '0');
  const tick = () => {
    const timer = document.getElementById('timer');
    if (!timer) return;
    const seconds = Math.max(0, Math.ceil((left - (performance.now() - cameAt)) / 1000));
    const clock = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
    const hours = Math.floor(seconds / 3600);
    const text = hours
      ? slip().dataset.hours.replace('{0}', `${hours}:${clock}`)
      : slip().dataset.clock.replace('{0}', clock);
    if (timer.textContent !== text) timer.textContent = text;
    document.getElementById('track').setAttribute('width', String(whole ? (100 * seconds * 1000) / whole : 0));
    slip().classList.toggle('soon', seconds <= 60);
    if (seconds === 0) refresh();
  };

  const show = state => {
    const live = document.getElementById('live');
    if (!live || live.dataset.live === state) return;
    live.dataset.live = state;
    live.textContent = slip().dataset[state];
  };

  // The server draws every state: the page takes over what it shows.
  let asking = false;
  let again = false;
  const refresh = async () => {
    if (asking) {
      // What happens while an answer is on its way may not be in it.
      again = true;
      return false;
    }
    asking = true;
    try {
      const answer = await fetch(location.href, {headers: {Accept: 'text/html'}, cache: 'no-store'});
      if (!answer.ok) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const next = page.getElementById('slip');
      if (!next) return true;
      const now = slip();
      cameAt = performance.now();
      left = Number(next.dataset.left);
      if (['id', 'status', 'state', 'refunded'].every(name => now.dataset[name] === next.dataset[name])) return true;
      const moved = now.dataset.id !== next.dataset.id;
      const fresh = now.dataset.status !== 'paid' && next.dataset.status === 'paid';
      const taken = document.importNode(next, true);
      now.replaceWith(taken);
      document.title = page.title;
      if (fresh) taken.classList.add('fresh');
      whole = left;
      if (moved) connect();
      begin();
      // Read out what has happened, and put the keyboard where it can go on.
      const heading = taken.querySelector('h1');
      heading.tabIndex = -1;
      heading.focus({preventScroll: false});
      return true;
    } catch {
      show('lost');
      return false;
    } finally {
      asking = false;
      if (again) {
        again = false;
        refresh();
      }
    }
  };

  const copy = async button => {
    const field = document.getElementById(button.dataset.copy);
    const said = button.closest('.copy').querySelector('.said');
    try {
      await navigator.clipboard.writeText(field.value);
      said.textContent = slip().dataset.copied;
    } catch {
      field.focus();
      field.select();
      said.textContent = document.execCommand?.('copy') ? slip().dataset.copied : slip().dataset.selected;
    }
    setTimeout(() => { said.textContent = ''; }, 4000);
  };

  const begin = () => {
    for (const button of document.querySelectorAll('[data-copy]')) {
      button.addEventListener('click', () => copy(button));
      document.getElementById(button.dataset.copy).addEventListener('focus', event => event.target.select());
    }
    const share = document.getElementById('share');
    if (share && navigator.share) {
      share.hidden = false;
      document.getElementById('share-link').hidden = true;
      share.addEventListener('click', () => navigator.share({text: share.dataset.text}).catch(() => {}));
    }
    const print = document.getElementById('print');
    if (print) {
      print.hidden = false;
      print.addEventListener('click', () => window.print());
    }
    document.querySelector('.simulate')?.addEventListener('submit', async event => {
      event.preventDefault();
      const button = event.target.querySelector('button');
      button.disabled = true;
      try {
        await fetch(event.target.action, {method: 'POST', headers: {Accept: 'application/json'}});
      } finally {
        button.disabled = false;
        if (polling) refresh();
      }
    });
    tick();
    if (socket?.readyState === WebSocket.OPEN) show('on');
  };

  // The socket tells that something has changed. While there is none, the page asks.
  let socket = null;
  let polling = false;
  let attempts = 0;
  const connect = () => {
    const id = slip().dataset.id;
    const before = socket;
    socket = null;
    before?.close();
    if (!id) return;
    const mine = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws/payments/${id}`);
    socket = mine;
    mine.addEventListener('open', () => {
      attempts = 0;
      polling = false;
      show('on');
    });
    mine.addEventListener('message', event => {
      let frame = {};
      try { frame = JSON.parse(event.data); } catch { /* not ours */ }
      // What was paid stays paid while some of it is given back: that may have been before we listened.
      const same = isOpen() && frame.status === (slip().dataset.watched ?? slip().dataset.status);
      if (frame.event !== 'state' || !same) refresh();
    });
    mine.addEventListener('close', () => {
      // Another one has taken its place.
      if (socket !== mine) return;
      polling = true;
      setTimeout(() => {
        if (socket !== mine) return;
        socket = null;
        connect();
      }, Math.min(15000, 500 * 2 ** attempts++) * (0.7 + 0.6 * Math.random()));
    });
  };

  // Quick while the socket is away, and seldom even while it is there.
  const poll = async () => {
    if ((isOpen() || polling) && await refresh() && isOpen()) show('on');
    setTimeout(poll, document.hidden ? 20000 : polling ? 2500 : 20000);
  };

  begin();
  connect();
  setInterval(() => isOpen() && tick(), 1000);
  setTimeout(poll, 2500);
  // A phone sleeps, and its timers with it.
  document.addEventListener('visibilitychange', () => document.hidden || refresh());
  window.addEventListener('pageshow', event => event.persisted && refresh());
})();
