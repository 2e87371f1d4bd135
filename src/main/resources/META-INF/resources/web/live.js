// A batch under way: the page asks for itself and takes over what has changed, until all is known.
'use strict';
(() => {
  const {say} = Vintem;
  const state = document.getElementById('live-state');
  const isDone = root => root.getElementById('progress').dataset.done === 'true';
  const show = (live, text) => {
    if (state.dataset.live !== live || !state.textContent) {
      state.dataset.live = live;
      state.textContent = text;
    }
  };

  // Bars keep their elements, so that they move instead of jumping.
  const take = (here, there) => {
    const now = here.querySelectorAll('.bar rect');
    const next = there.querySelectorAll('.bar rect');
    if (now.length && now.length === next.length && here.id === 'bar') {
      next.forEach((each, i) => ['x', 'width'].forEach(name => now[i].setAttribute(name, each.getAttribute(name))));
      here.querySelector('.bar').setAttribute('aria-label', there.querySelector('.bar').getAttribute('aria-label'));
    } else if (here.innerHTML !== there.innerHTML) {
      const focused = here.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
      here.replaceChildren(...[...there.childNodes].map(each => document.importNode(each, true)));
      if (focused) [...here.querySelectorAll('a')].find(each => each.getAttribute('href') === focused)?.focus();
    }
  };

  const look = async () => {
    const began = performance.now();
    let wait = 1000;
    try {
      const answer = await fetch(location.href, {headers: {Accept: 'text/html'}, credentials: 'same-origin', cache: 'no-store'});
      if (answer.redirected) return location.reload();
      if (!answer.ok) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      document.querySelectorAll('[data-sync]').forEach(here => {
        const there = page.getElementById(here.id);
        if (there) take(here, there);
      });
      if (isDone(page)) return show('done', say('live.done'));
      show('on', say('live.on'));
      // A large batch costs the server more to look at: look less often.
      wait = Math.max(wait, 5 * (performance.now() - began));
    } catch {
      show('lost', say('live.lost'));
      wait = 3000;
    }
    setTimeout(look, document.hidden ? 5000 : wait);
  };

  if (!isDone(document)) {
    show('on', say('live.on'));
    setTimeout(look, 700);
  }
})();
