// The overview: asks for itself now and then, and takes over what has changed.
'use strict';
(() => {
  const {say} = Vintem;
  const state = document.getElementById('live-state');
  const EVERY = 5000;

  const take = (here, there) => {
    if (here.innerHTML === there.innerHTML) return;
    const focused = here.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
    here.replaceChildren(...[...there.childNodes].map(each => document.importNode(each, true)));
    if (focused) [...here.querySelectorAll('a')].find(each => each.getAttribute('href') === focused)?.focus();
  };

  const look = async () => {
    try {
      const answer = await fetch(location.pathname, {headers: {Accept: 'text/html'}, credentials: 'same-origin', cache: 'no-store'});
      if (answer.redirected) return location.reload();
      if (!answer.ok) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      document.querySelectorAll('[data-sync]').forEach(here => {
        const there = page.getElementById(here.id);
        if (there) take(here, there);
      });
      state.textContent = '';
      delete state.dataset.live;
    } catch {
      state.dataset.live = 'lost';
      state.textContent = say('live.lost');
    }
    setTimeout(look, document.hidden ? 6 * EVERY : EVERY);
  };
  setTimeout(look, EVERY);
})();
