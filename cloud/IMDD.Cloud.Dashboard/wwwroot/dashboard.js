// Runs before the first paint, so that the page never flashes in the wrong colours; and keeps an unattended wall screen alive.
(() => {
  const cookie = name => document.cookie.split('; ').find(c => c.startsWith(name + '='))?.split('=')[1];
  const system = matchMedia('(prefers-color-scheme: dark)');
  const remember = (name, value) => { document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`; };
  let changed = null;

  function apply() {
    const chosen = cookie('imdd-theme');
    const dark = chosen === 'dark' || (chosen !== 'light' && system.matches);
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
    remember('imdd-dark', dark ? '1' : '0');
    return dark;
  }

  apply();
  system.addEventListener('change', () => { const dark = apply(); changed?.invokeMethodAsync('OnThemeChanged', dark); });

  window.imdd = {
    // The page's current theme; later changes of the system's preference are reported to `reference`.
    watchTheme: reference => { changed = reference; document.documentElement.dataset.live = 'true'; return apply(); },
    setTheme: dark => { remember('imdd-theme', dark ? 'dark' : 'light'); apply(); },
    unwatchTheme: () => { changed = null; },
  };

  // When the server was restarted, the circuit is gone for good: load the page again as soon as it answers.
  async function reloadWhenBack() {
    for (;;) {
      try {
        if ((await fetch('health/live', { cache: 'no-store' })).ok) { location.reload(); return; }
      } catch { /* still away */ }
      await new Promise(resolve => setTimeout(resolve, 2000));
    }
  }

  document.addEventListener('DOMContentLoaded', () => {
    document.getElementById('components-reconnect-modal')?.addEventListener('components-reconnect-state-changed', event => {
      delete document.documentElement.dataset.live;
      if (event.detail.state === 'hide') { document.documentElement.dataset.live = 'true'; }
      if (event.detail.state === 'failed' || event.detail.state === 'rejected') { void reloadWhenBack(); }
    });
  });
})();
