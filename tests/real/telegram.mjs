// telegram-test-api as Telegram's server. It repeats what a bot asked for as it was posted; Telegram
// answers objects instead, so what is posted as JSON is read here first.
import { createRequire } from "node:module";

const TelegramServer = createRequire(import.meta.url)("telegram-test-api");
const plain = TelegramServer.normalizeMessage;
TelegramServer.normalizeMessage = (message) => {
  for (const name of ["link_preview_options", "reply_parameters"]) {
    if (typeof message[name] === "string") message[name] = JSON.parse(message[name]);
  }
  return plain(message);
};
const server = new TelegramServer({ port: Number(process.argv[2]), host: "127.0.0.1", storeTimeout: 3600 });
await server.start();
