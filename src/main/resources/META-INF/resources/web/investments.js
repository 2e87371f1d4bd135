// The dashboard: a socket says that a figure has changed, and the page takes over what is new.
'use strict';
(() => {
  const {say, ask} = Vintem;
  const state = document.getElementById('live-state');
  const show = (live, text) => {
    if (state.dataset.live !== live || !state.textContent) {
      state.dataset.live = live;
      state.textContent = text;
    }
  };

  // Choosing is asking.
  document.getElementById('period').addEventListener('change', event => event.currentTarget.requestSubmit());

  const take = page => document.querySelectorAll('[data-sync]').forEach(here => {
    const there = page.getElementById(here.id);
    if (!there || here.innerHTML === there.innerHTML) return;
    const focused = here.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
    here.replaceChildren(...[...there.childNodes].map(each => document.importNode(each, true)));
    if (focused) [...here.querySelectorAll('a')].find(each => each.getAttribute('href') === focused)?.focus();
  });

  // One look after the other; what is said meanwhile is one more look.
  let looking = false;
  let again = false;
  const look = async () => {
    again = looking;
    if (looking) return;
    looking = true;
    try {
      const address = new URL(location.href);
      address.searchParams.set('part', 'figures');
      const answer = await fetch(address, {headers: {Accept: 'text/html'}, credentials: 'same-origin', cache: 'no-store'});
      if (answer.redirected) return location.reload();
      if (answer.ok) take(new DOMParser().parseFromString(await answer.text(), 'text/html'));
    } catch { /* the next frame looks again */ }
    looking = false;
    if (again) look();
  };

  let seen = null;
  let pause = 1000;
  const later = () => {
    show('lost', say('live.lost'));
    setTimeout(open, pause);
    pause = Math.min(pause * 2, 30000);
  };
  // The address of a socket ends in logs, so what opens it works once.
  const open = async () => {
    let ticket;
    try {
      const answer = await ask('POST', '/auth/socket-ticket');
      if (!answer.ok) return later();
      ticket = answer.json.ticket;
    } catch {
      return later();
    }
    const address = new URL(document.getElementById('cards').dataset.socket, location.href);
    address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
    address.searchParams.set('ticket', ticket);
    const socket = new WebSocket(address);
    socket.onmessage = event => {
      pause = 1000;
      show('on', say('live.on'));
      // The first frame may be newer than the page.
      if (event.data !== seen) look();
      seen = event.data;
    };
    socket.onclose = later;
  };
  open();
})();
