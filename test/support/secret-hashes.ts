import { randomBytes, scryptSync } from 'node:crypto';

/** The PHC string of a secret with the cheapest parameters there are, for tests that are not about the cost. */
export function cheapHashOf(secret: string): string {
  const salt = randomBytes(16);
  const key = scryptSync(secret, salt, 32, { N: 1024, r: 8, p: 1 });
  return `$scrypt$ln=10,r=8,p=1$${unpadded(salt)}$${unpadded(key)}`;
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
