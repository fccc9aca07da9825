import encoding from 'k6/encoding';

const LETTERS = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta', 'theta', 'iota', 'kappa'];

export function between(least, most) {
  return least + Math.floor(Math.random() * (most - least + 1));
}

/** One of 160: a Greek letter and four binary digits. */
export function randomSubject() {
  return `load.${LETTERS[between(0, LETTERS.length - 1)]}${between(0, 15).toString(2).padStart(4, '0')}`;
}

/** A body as k6 wants bytes: base64. */
export function bytes(content) {
  return encoding.b64encode(content);
}

/** 5 to 15 lower-case letters. */
export function randomBody() {
  return bytes(String.fromCharCode(...Array.from({ length: between(5, 15) }, () => between(97, 122))));
}

/** A message that lives for 10 to 20 seconds, in the original contract. */
export function randomMessage() {
  return { subject: randomSubject(), body: randomBody(), expirationSeconds: between(10, 20) };
}

/** A name that no other run has used. */
export function ownSubject(name) {
  return `load.${name}.${Date.now().toString(36)}${between(0, 1e6).toString(36)}`;
}
