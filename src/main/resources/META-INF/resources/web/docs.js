// Each block of code gets a button that copies it. Without a clipboard there is none.
(() => {
  if (!navigator.clipboard) return;
  const words = JSON.parse(document.querySelector('meta[name="words"]').content || '{}');
  for (const pre of document.querySelectorAll('.doc-text pre')) {
    const frame = document.createElement('div');
    frame.className = 'code';
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.textContent = words['js.docs.copy'];
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(pre.textContent);
      button.textContent = words['js.docs.copied'];
      setTimeout(() => { button.textContent = words['js.docs.copy']; }, 2000);
    });
    pre.replaceWith(frame);
    frame.append(pre, button);
  }
})();
