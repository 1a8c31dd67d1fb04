// Tells that there is something new; the reader decides when the page moves.
const news = document.getElementById("news");

async function watch(position) {
  const answer = await fetch(`/api/position?past=${position}`);
  const now = (await answer.json()).position;
  if (position >= 0 && now > position) {
    news.hidden = false;
    if (isAtTheNewest() && !isWriting()) location.reload();
    return;
  }
  await watch(now);
}

// In a chat the newest is at the end, on the page of everything at the top.
function isAtTheNewest() {
  if (!document.querySelector(".room")) return window.scrollY < 40;
  return window.innerHeight + window.scrollY > document.documentElement.scrollHeight - 160;
}

function isWriting() {
  const field = document.activeElement;
  return field && field.matches("input:not([type=hidden])") && field.value !== "";
}

if (news) watch(-1).catch(() => {});
