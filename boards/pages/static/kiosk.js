// Adds comfort, carries no task: every page works without this file.
(() => {
  const d = document, b = d.body;

  // The board goes home when nobody is there. It warns first, covers nothing, and may be put off without limit.
  if (b.dataset.idle) {
    const bar = d.querySelector('.idle'), left = bar.querySelector('b'), told = bar.querySelector('[role=status]');
    const home = () => location.replace(b.dataset.reset);
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
    addEventListener('contextmenu', e => e.preventDefault());
    addEventListener('pageshow', e => e.persisted && home());  // a page out of the history is somebody else's
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
