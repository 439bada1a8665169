// Adds comfort, carries no task: every page works without this file.
(() => {
  const d = document, b = d.body;

  // The board goes home when nobody is there. It warns first, covers nothing, and may be put off without limit.
  if (b.dataset.idle) {
    d.cookie = `rows=${innerWidth > innerHeight ? 6 : 10}; path=/; samesite=lax`;  // a lying board has room for six
    const bar = d.querySelector('.idle'), left = bar.querySelector('b'), told = bar.querySelector('[role=status]');
    // The server may be starting anew: ask before leaving, so that the board never shows the browser's own
    // words. What stood here goes off the screen all the same, and home comes back by itself.
    const leave = (go, wait) => {
      const ping = new Image(), late = setTimeout(() => ping.onerror(), 4000);
      ping.onload = () => { clearTimeout(late); go(); };
      ping.onerror = () => { clearTimeout(late); ping.onload = ping.onerror = null; wait(); };
      ping.src = d.querySelector('link[rel=icon]').href + '?' + Date.now();
    };
    const home = () => leave(() => location.replace(b.dataset.reset), () => {
      const note = d.createElement('p');
      note.className = 'note late';
      note.textContent = b.dataset.wait;
      d.querySelector('main').replaceChildren(note);
      bar.hidden = true;
      clearTimeout(timer);
      timer = setTimeout(home, 3000);
    });
    d.addEventListener('click', e => {
      const a = e.target.closest('a[href]');
      if (!a || e.defaultPrevented || a.getAttribute('href')[0] == '#') return;
      e.preventDefault();
      leave(() => location.replace(a.href), home);  // no history: nobody goes back to somebody else's page
    });
    let timer;
    const tick = n => {
      if (!n) return home();
      bar.hidden = false;
      left.textContent = n;
      if (!told.textContent) told.textContent = told.dataset.say;
      timer = setTimeout(tick, 1000, n - 1);
    };
    const arm = () => {
      clearTimeout(timer);
      bar.hidden = true;
      told.textContent = '';
      timer = setTimeout(tick, b.dataset.idle * 1000, 30);
    };
    for (const kind of ['pointerdown', 'keydown', 'wheel', 'touchmove']) addEventListener(kind, arm, { passive: true });
    arm();
    addEventListener('said', arm);  // who listens is there
    addEventListener('contextmenu', e => e.preventDefault());
    addEventListener('pageshow', e => e.persisted && home());  // a page out of the history is somebody else's
  }

  // Read aloud: the link to the recording becomes a key that plays and pauses it here.
  const say = d.querySelector('.say');
  if (say) {
    const voice = new Audio(), label = say.querySelector('span'), words = label.textContent;
    const told = () => {
      say.setAttribute('aria-pressed', !voice.paused && !voice.error);
      label.textContent = voice.error ? label.dataset.sorry : words;
    };
    say.setAttribute('role', 'button');
    say.addEventListener('click', e => {
      e.preventDefault();
      if (!voice.src || voice.error) voice.src = say.href;
      voice.paused ? voice.play().catch(told) : voice.pause();
    });
    say.addEventListener('keydown', e => e.key === ' ' && (e.preventDefault(), say.click()));
    for (const kind of ['play', 'pause', 'ended', 'error']) voice.addEventListener(kind, told);
    voice.addEventListener('timeupdate', () => dispatchEvent(new Event('said')));
    addEventListener('pagehide', () => voice.pause());
    told();
  }

  // An address to hand on: it can be sent and selected without script; copying and sharing are keys of the script.
  const address = d.querySelector('#address'), copy = d.querySelector('[data-copy]'), share = d.querySelector('[data-share]');
  if (address) {
    copy.hidden = false;
    copy.addEventListener('click', () => {
      getSelection().selectAllChildren(address);
      if (d.execCommand('copy')) copy.textContent = copy.dataset.copy;  // the newer way needs HTTPS
    });
    share.hidden = !navigator.share;
    share.addEventListener('click', () => navigator.share({ url: address.textContent }).catch(() => {}));
  }

  // Several lists hang at once: the front page turns them over until somebody touches it.
  const cards = d.querySelectorAll('[data-turn] .hero');
  if (cards.length > 1 && !matchMedia('(prefers-reduced-motion: reduce)').matches) {
    let at = 0;
    const turn = setInterval(() => {
      cards[at].classList.add('off');
      at = (at + 1) % cards.length;
      cards[at].classList.remove('off');
    }, 12000);
    for (const kind of ['pointerdown', 'keydown', 'focusin']) addEventListener(kind, () => clearInterval(turn), { once: true, passive: true });
  }
})();
