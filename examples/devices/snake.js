// The page's end of snake.py: draws the game over a page that is in the room, and sends the arrow keys.
// Paste it into the console, or make it a user script for /r/*.
(() => {
  const canvas = document.createElement('canvas');
  canvas.style.cssText = 'position:fixed;inset:auto 1rem 6rem auto;z-index:10;background:#000c;border-radius:8px';
  document.body.append(canvas);
  let newest = 0;
  addEventListener('visavis:message', ({ detail }) => {
    // Updates may overtake each other; a bot that was started again counts from the beginning.
    if (detail.topic !== 'snake/state' || (detail.data.number <= newest && newest - detail.data.number < 100)) return;
    newest = detail.data.number;
    const { size: [width, height], apple, snakes } = detail.data;
    const field = 8;
    canvas.width = width * field;
    canvas.height = height * field;
    const context = canvas.getContext('2d');
    const fill = ([x, y], color) => {
      context.fillStyle = color;
      context.fillRect(x * field, y * field, field - 1, field - 1);
    };
    fill(apple, 'tomato');
    snakes.forEach(({ n: name, b: body }, index) => {
      body.forEach((part) => fill(part, `hsl(${index * 60 + 120} 80% 60%)`));
      context.fillText(name, body[0][0] * field, body[0][1] * field - 2);
    });
  });
  addEventListener('keydown', (event) => {
    const to = { ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'left', ArrowRight: 'right' }[event.key];
    if (to) dispatchEvent(new CustomEvent('visavis:send', { detail: { topic: 'snake/turn', data: { to } } }));
  });
})();
