// Tells that there is something new; the reader decides when the page moves.
const news = document.getElementById("news");

async function watch(position) {
  const answer = await fetch(`/api/position?past=${position}`);
  const now = (await answer.json()).position;
  if (position >= 0 && now > position) {
    news.hidden = false;
    if (window.scrollY < 40 && !document.querySelector("form :focus")) location.reload();
    return;
  }
  await watch(now);
}

if (news) watch(-1).catch(() => {});
