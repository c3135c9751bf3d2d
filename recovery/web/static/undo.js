// The bar by which the last word on a call is taken back, for as long as that is possible.

/** Counts down and goes when it is too late. */
export function countDown(bar) {
  if (!bar) return;
  const total = Number(bar.dataset.left);
  const ends = Date.now() + total * 1000;
  const seconds = bar.querySelector("[data-left]");
  const line = bar.querySelector(".undo-time");
  const tick = () => {
    const left = (ends - Date.now()) / 1000;
    if (left <= 0) return bar.remove();
    seconds.textContent = Math.ceil(left);
    line.style.transform = `scaleX(${left / 30})`;
    setTimeout(tick, 250);
  };
  tick();
}
