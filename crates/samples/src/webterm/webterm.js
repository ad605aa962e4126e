import { FitAddon } from "./addon-fit.mjs";
import { onPalette, palette } from "./palette.js";
import { Terminal } from "./xterm.mjs";

// The page confirms drawn bytes in steps of this size; the server waits when a few are missing.
const CONFIRM_BYTES = 64 * 1024;
// A longer paste is split into messages of this size.
const MAX_MESSAGE_BYTES = 64 * 1024;
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 8000;

const part = (id) => document.getElementById(id);
const [screen, state, notice, reason, again, reader] = ["terminal", "state", "notice", "reason", "again", "reader"].map(part);

const terminal = new Terminal({
  cursorBlink: !matchMedia("(prefers-reduced-motion: reduce)").matches,
  fontFamily: getComputedStyle(document.documentElement).getPropertyValue("--mono"),
  fontSize: 14,
  lineHeight: 1.2,
  minimumContrastRatio: 4.5,
  screenReaderMode: localStorage.getItem("screen-reader") === "on",
  scrollback: 5000,
  theme: palette(),
});
const fit = new FitAddon();
const encoder = new TextEncoder();

let socket = null;
let ended = false;
let retry = FIRST_RETRY_MS;
let timer = 0;

function show(kind, text) {
  state.dataset.state = kind;
  state.textContent = text;
}

function offer(text) {
  reason.textContent = text;
  notice.hidden = false;
  again.focus();
}

function say(message) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(message);
}

function connect() {
  clearTimeout(timer);
  notice.hidden = true;
  ended = false;
  show("connecting", "Connecting…");
  fit.fit();
  const address = new URL(`/shell?cols=${terminal.cols}&rows=${terminal.rows}`, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  socket = new WebSocket(address);
  socket.binaryType = "arraybuffer";
  socket.addEventListener("open", opened);
  socket.addEventListener("message", received);
  socket.addEventListener("close", closed);
}

function opened() {
  retry = FIRST_RETRY_MS;
  terminal.reset();
  terminal.focus();
  show("open", "Connected");
}

let unconfirmed = 0;

function received({ data }) {
  if (typeof data === "string") {
    ended = true;
    show("ended", "Ended");
    offer(JSON.parse(data).ended);
    return;
  }
  terminal.write(new Uint8Array(data), () => {
    unconfirmed += data.byteLength;
    if (unconfirmed < CONFIRM_BYTES) return;
    say(JSON.stringify({ shown: unconfirmed }));
    unconfirmed = 0;
  });
}

async function closed() {
  unconfirmed = 0;
  if (ended) return;
  show("lost", "Connection lost");
  const gone = await whyGone();
  if (gone) {
    offer(gone);
    return;
  }
  timer = setTimeout(connect, retry);
  retry = Math.min(2 * retry, MAX_RETRY_MS);
}

// A failed websocket has no reason; the status of a request does.
async function whyGone() {
  try {
    const answer = await fetch("/health", { cache: "no-store" });
    if (answer.status === 401) return "You are signed out of this environment. Reload the page to sign in.";
    if (answer.status === 404 || answer.status === 410) return "This environment is gone.";
  } catch {
    // No answer: the environment may return.
  }
  return null;
}

function typed(text) {
  const bytes = encoder.encode(text);
  for (let start = 0; start < bytes.length; start += MAX_MESSAGE_BYTES) {
    say(bytes.subarray(start, start + MAX_MESSAGE_BYTES));
  }
}

// Every key goes to the shell, except F6, which leaves the terminal, and Ctrl+Shift+C, which copies.
function keyGoesToShell(event) {
  if (event.type !== "keydown") return true;
  if (event.key === "F6") {
    reader.focus();
    return false;
  }
  if (event.ctrlKey && event.shiftKey && event.code === "KeyC" && terminal.hasSelection()) {
    event.preventDefault();
    navigator.clipboard?.writeText(terminal.getSelection());
    return false;
  }
  return true;
}

function toggleReader() {
  const on = !terminal.options.screenReaderMode;
  terminal.options.screenReaderMode = on;
  localStorage.setItem("screen-reader", on ? "on" : "off");
  reader.setAttribute("aria-pressed", String(on));
  terminal.focus();
}

const label = location.hostname.split(".")[0];
if (location.hostname.endsWith(".localhost")) {
  part("name").textContent = label;
  document.title = label;
}
reader.setAttribute("aria-pressed", String(terminal.options.screenReaderMode));
terminal.loadAddon(fit);
terminal.open(screen);
terminal.attachCustomKeyEventHandler(keyGoesToShell);
terminal.onData(typed);
terminal.onBinary((data) => say(Uint8Array.from(data, (character) => character.charCodeAt(0))));
terminal.onResize(({ cols, rows }) => say(JSON.stringify({ resize: { cols, rows } })));
onPalette((theme) => (terminal.options.theme = theme));
new ResizeObserver(() => requestAnimationFrame(() => fit.fit())).observe(screen);
reader.addEventListener("click", toggleReader);
again.addEventListener("click", connect);
addEventListener("online", () => state.dataset.state === "lost" && connect());
connect();
