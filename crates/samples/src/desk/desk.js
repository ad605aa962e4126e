// The forms work without this script, which saves the reload and shows the notes of others.
const notes = document.getElementById("notes");
const trouble = document.getElementById("trouble");

async function send(form) {
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  trouble.textContent = answer.ok ? "" : await answer.text();
  if (answer.ok && form.id === "write") form.reset();
}

document.addEventListener("submit", (event) => {
  event.preventDefault();
  send(event.target).catch(() => (trouble.textContent = "The board does not answer. Try again in a moment."));
});

// The server escapes the notes.
new EventSource("/events").addEventListener("notes", ({ data }) => (notes.innerHTML = JSON.parse(data)));
