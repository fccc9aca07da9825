import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type SecretData = Readonly<Record<string, string>>;

/**
 * A folder as the kubelet mounts a Secret: each file is a link into `..data`, which is a link to the folder of one version.
 * A change replaces that link in one step.
 */
export class MountedSecret {
  readonly path: string;
  #version = 0;

  constructor(data: SecretData) {
    this.path = mkdtempSync(join(tmpdir(), 'waybill-secret-'));
    this.replace(data);
    for (const name of Object.keys(data)) symlinkSync(join('..data', name), join(this.path, name));
  }

  /** @param data with the same keys as before */
  replace(data: SecretData): void {
    const previous = `..version-${this.#version++}`;
    const version = `..version-${this.#version}`;
    mkdirSync(join(this.path, version));
    for (const [name, content] of Object.entries(data)) writeFileSync(join(this.path, version, name), content);
    symlinkSync(version, join(this.path, '..data_tmp'));
    renameSync(join(this.path, '..data_tmp'), join(this.path, '..data'));
    rmSync(join(this.path, previous), { recursive: true, force: true });
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
