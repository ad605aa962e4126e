// The colours of the terminal in both themes; the product's own where it has one for the purpose.
const light = {
  background: "#ffffff", foreground: "#12161f", cursor: "#0b5fff", cursorAccent: "#ffffff", selectionBackground: "#c9dbff",
  black: "#12161f", red: "#b3261e", green: "#0a7a4b", yellow: "#8f5400", blue: "#0a4fd6", magenta: "#8a2da5", cyan: "#0b7285", white: "#c5ccd8",
  brightBlack: "#646d7e", brightRed: "#d23a31", brightGreen: "#0f9a60", brightYellow: "#b06b00", brightBlue: "#0b5fff", brightMagenta: "#a846c4", brightCyan: "#0f8ea5", brightWhite: "#eef0f4",
};

const dark = {
  background: "#0d1016", foreground: "#eef1f6", cursor: "#5b93ff", cursorAccent: "#0d1016", selectionBackground: "#2a4478",
  black: "#252c38", red: "#ff8b82", green: "#5ed79c", yellow: "#f2b84b", blue: "#5b93ff", magenta: "#d59bf6", cyan: "#63d3e6", white: "#b4bdcb",
  brightBlack: "#8d97a8", brightRed: "#ffb0aa", brightGreen: "#8ce8bb", brightYellow: "#ffd27d", brightBlue: "#8fb6ff", brightMagenta: "#e6c2fb", brightCyan: "#97e4f1", brightWhite: "#ffffff",
};

const prefersDark = matchMedia("(prefers-color-scheme: dark)");

/** The colours for the theme that the reader prefers now. */
export const palette = () => (prefersDark.matches ? dark : light);

/** Calls `change` with the colours whenever the reader prefers the other theme. */
export const onPalette = (change) => prefersDark.addEventListener("change", () => change(palette()));
