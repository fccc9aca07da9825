/**
 * Settings from the environment (`k6 run -e NAME=value` or plain variables). Those of the connection:
 *
 *   ADDR                  host:port, by default 127.0.0.1:50043
 *   TLS                   1 encrypts; TLS_CA, TLS_CERT and TLS_KEY name PEM files
 *   CLIENT_ID, CLIENT_SECRET or CLIENT_SECRET_FILE
 *   CONNECT_TIMEOUT       by default 5s
 *   SUMMARY               file that the summary goes to as JSON
 */
export function text(name, byDefault) {
  const value = __ENV[name];
  return value === undefined || value === '' ? byDefault : value;
}

export function number(name, byDefault) {
  const value = Number(text(name, byDefault));
  if (!Number.isFinite(value) || value < 0) throw new Error(`${name} is not a number: ${__ENV[name]}`);
  return value;
}

const UNIT_SECONDS = { ms: 0.001, s: 1, m: 60, h: 3600 };

/** Seconds of a duration such as `90s`, `5m` or `1h30m`. */
export function seconds(name, byDefault) {
  const value = text(name, byDefault);
  const parts = Array.from(value.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g));
  if (parts.map(([part]) => part).join('') !== value || parts.length === 0) {
    throw new Error(`${name} is not a duration such as 90s or 5m: ${value}`);
  }
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * UNIT_SECONDS[unit], 0);
}
