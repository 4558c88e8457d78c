// How an SMS is counted (3GPP TS 23.038): GSM-7 has 160 letters in one and 153 in each of several;
// one letter outside GSM-7 makes it UCS-2: 70 in one and 67 in each of several.
"use strict";

const GSM7 = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
  "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
);
const GSM7_DOUBLE = new Set("^{}\\[~]|€");

// Returns length and parts, the room left in the last part, and the first letter outside GSM-7.
function countSms(text) {
  const letters = Array.from(text);
  const special = letters.find((letter) => !GSM7.has(letter) && !GSM7_DOUBLE.has(letter));
  const length = special
    ? text.length
    : letters.length + letters.filter((letter) => GSM7_DOUBLE.has(letter)).length;
  const [single, part] = special ? [70, 67] : [160, 153];
  const segments = length <= single ? 1 : Math.ceil(length / part);
  const room = segments === 1 ? single : segments * part;
  return { length, segments, left: room - length, special };
}

const LIKE_CPR = /(?<!\d)\d{6}[- ]?\d{4}(?!\d)/;

if (typeof module !== "undefined") {
  module.exports = { countSms, LIKE_CPR };
}
