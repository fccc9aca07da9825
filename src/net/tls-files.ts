import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { BrokerError } from '../core/errors.js';

/** Paths of PEM files. */
export interface TlsFiles {
  /** The server's certificate and its chain. */
  readonly certFile: string;
  readonly keyFile: string;
  /** Authorities of client certificates. When it is set, clients must present one (mTLS). */
  readonly clientCaFile?: string | undefined;
}

export interface TlsMaterial {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly clientCa: Buffer | undefined;
  /** When the first certificate of the chain expires, milliseconds since 1970. */
  readonly expiresMs: number;
}

/**
 * Reads the files and makes sure that they work together.
 *
 * @throws BrokerError ARGUMENT_INVALID, naming the file and what is wrong with it
 */
export function readTlsFiles(files: TlsFiles): TlsMaterial {
  const cert = readPem('certificate', files.certFile);
  const key = readPem('private key', files.keyFile);
  const clientCa = files.clientCaFile === undefined ? undefined : readPem('client CA', files.clientCaFile);
  if (clientCa !== undefined && !clientCa.includes('-----BEGIN CERTIFICATE-----')) {
    throw new BrokerError('ARGUMENT_INVALID', `TLS client CA file ${files.clientCaFile} holds no certificate`);
  }
  try {
    createSecureContext({ cert, key, ...(clientCa === undefined ? {} : { ca: clientCa }) });
    return { cert, key, clientCa, expiresMs: firstExpiry(cert) };
  } catch (error) {
    const names = [files.certFile, files.keyFile, files.clientCaFile].filter((name) => name !== undefined).join(', ');
    throw new BrokerError('ARGUMENT_INVALID', `TLS files cannot be used (${names}): ${(error as Error).message}`, {
      cause: error,
    });
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function firstExpiry(chain: Buffer): number {
  const certificates = chain.toString('latin1').match(CERTIFICATE) ?? [];
  return Math.min(...certificates.map((pem) => Date.parse(new X509Certificate(pem).validTo)));
}

function readPem(what: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new BrokerError('ARGUMENT_INVALID', `TLS ${what} file cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
