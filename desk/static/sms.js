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

// Letters that look alike and keep an SMS cheap: æ, ø and å are free as they are.
const PLAIN = new Map(Object.entries({
  "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-",
  "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u00b4": "'", "`": "'",
  "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u00ab": '"', "\u00bb": '"',
  "\u2026": "...", "\u2022": "-", "\u00b7": "-", "\u00a0": " ", "\u2009": " ", "\u202f": " ",
  "\u200b": "", "\u00ad": "", "\ufeff": "", "\t": " ",
  á: "a", â: "a", ã: "a", ç: "Ç", ê: "e", ë: "e", í: "i", î: "i", ï: "i", ó: "o", ô: "o", õ: "o",
  ú: "u", û: "u", ý: "y", š: "s", ž: "z",
}));

// Returns the text with each dear letter that has a plain one in its place.
function plainSms(text) {
  return Array.from(text.normalize("NFC"), (letter) => PLAIN.get(letter) ?? letter).join("");
}

const LINK = /https?:\/\/|\bwww\.|(?<![@\w.-])[\w-]+\.(?:dk|com|net|org|eu|io|me|info)\b/i;
const LIKE_CPR = /(?<!\d)\d{6}[- ]?\d{4}(?!\d)/;

if (typeof module !== "undefined") {
  module.exports = { countSms, plainSms, LIKE_CPR, LINK };
}
