import {
  FileDescriptorProto,
  type IDescriptorProto,
  type IEnumDescriptorProto,
  type IFileDescriptorProto,
} from 'protobufjs/ext/descriptor/index.js';
import { WireReader } from '../protobuf/wire-reader.js';
import { fieldTag, LENGTH_DELIMITED } from '../protobuf/wire-type.js';

interface IndexedFile {
  /** The `FileDescriptorProto` as the compiler wrote it. */
  readonly bytes: Buffer;
  readonly dependencies: readonly string[];
}

/** `FileDescriptorSet.file`, length-delimited. */
const FILE_TAG = fieldTag(1, LENGTH_DELIMITED);

/**
 * Finds the files of a compiled contract by their names and by what they define. The bytes are those of the compiler:
 * descriptors made from loaded definitions lose imports and file names, and strict clients refuse them.
 */
export class DescriptorIndex {
  readonly #files = new Map<string, IndexedFile>();
  /** File name by full symbol name. */
  readonly #symbols = new Map<string, string>();
  readonly #messages = new Set<string>();

  readonly #services: ReadonlySet<string>;

  /**
   * @param descriptorSet a serialized `google.protobuf.FileDescriptorSet` with all imports
   * @param services full names of those that are offered; files that define only others are left out
   */
  constructor(descriptorSet: Buffer, services: ReadonlySet<string>) {
    this.#services = services;
    const reader = new WireReader(descriptorSet, (detail) => new Error(`the compiled contract is damaged: ${detail}`));
    while (!reader.done) {
      const tag = reader.tag();
      if (tag === FILE_TAG) this.#addFile(reader.bytes());
      else reader.skip(tag);
    }
  }

  /** The file and all that it imports, the file first; undefined when there is none of this name. */
  fileByName(name: string): readonly Buffer[] | undefined {
    if (!this.#files.has(name)) return undefined;
    const found: Buffer[] = [];
    const names = new Set([name]);
    // A set hands out what is added while it is walked.
    for (const next of names) {
      const file = this.#files.get(next);
      if (file === undefined) continue;
      found.push(file.bytes);
      for (const dependency of file.dependencies) names.add(dependency);
    }
    return found;
  }

  /** The file, with its imports, that defines a service, method, message, field, oneof, enum or enum value. */
  fileBySymbol(symbol: string): readonly Buffer[] | undefined {
    const name = this.#symbols.get(symbol);
    return name === undefined ? undefined : this.fileByName(name);
  }

  isMessage(name: string): boolean {
    return this.#messages.has(name);
  }

  #addFile(bytes: Buffer): void {
    const file = FileDescriptorProto.decode(bytes) as unknown as IFileDescriptorProto;
    const name = file.name ?? '';
    const scope = file.package === undefined || file.package === '' ? '' : `${file.package}.`;
    const services = (file.service ?? []).map((service) => ({ ...service, full: `${scope}${service.name}` }));
    if (services.length > 0 && !services.some(({ full }) => this.#services.has(full))) return;
    this.#files.set(name, { bytes, dependencies: (file.dependency ?? []) as readonly string[] });
    for (const message of file.messageType ?? []) this.#addMessage(name, scope, message);
    for (const type of file.enumType ?? []) this.#addEnum(name, scope, type);
    for (const { full, method: methods } of services) {
      this.#symbols.set(full, name);
      for (const method of methods ?? []) this.#symbols.set(`${full}.${method.name}`, name);
    }
  }

  #addMessage(file: string, scope: string, message: IDescriptorProto): void {
    const full = `${scope}${message.name}`;
    this.#symbols.set(full, file);
    this.#messages.add(full);
    for (const member of [...(message.field ?? []), ...(message.oneofDecl ?? [])]) {
      this.#symbols.set(`${full}.${member.name}`, file);
    }
    for (const nested of message.nestedType ?? []) this.#addMessage(file, `${full}.`, nested);
    for (const type of message.enumType ?? []) this.#addEnum(file, `${full}.`, type);
  }

  #addEnum(file: string, scope: string, type: IEnumDescriptorProto): void {
    this.#symbols.set(`${scope}${type.name}`, file);
    // The values of an enum are its siblings, not its members.
    for (const value of type.value ?? []) this.#symbols.set(`${scope}${value.name}`, file);
  }
}
