import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../services/free-port.js';
import { ServiceFolder } from '../services/service-folder.js';
import { ServiceProcess } from '../services/service-process.js';
import { findTool } from '../tools.js';

/** A span as Jaeger's query API has it, with its references told apart. */
export interface JaegerSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly service: string;
  readonly name: string;
  /** Undefined at the root. */
  readonly parentId: string | undefined;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly tags: Readonly<Record<string, unknown>>;
}

interface TraceAnswer {
  readonly data: readonly [
    {
      readonly spans: readonly {
        readonly traceID: string;
        readonly spanID: string;
        readonly operationName: string;
        readonly processID: string;
        readonly references: readonly { readonly refType: string; readonly traceID: string; readonly spanID: string }[];
        readonly tags: readonly { readonly key: string; readonly value: unknown }[];
      }[];
      readonly processes: Readonly<Record<string, { readonly serviceName: string }>>;
    },
  ];
}

interface Ports {
  readonly otlpGrpc: number;
  readonly otlpHttp: number;
  readonly thriftHttp: number;
  /** UDP. */
  readonly thriftBinary: number;
  readonly queryHttp: number;
  readonly queryGrpc: number;
}

/** Spans are written in batches, by every program on the way. */
const POLL_MS = 50;

/** The real Jaeger, which keeps its traces in memory. */
export class Jaeger {
  readonly ports: Ports;
  readonly #process: ServiceProcess;

  private constructor(ports: Ports, process: ServiceProcess) {
    this.ports = ports;
    this.#process = process;
  }

  static async start(): Promise<Jaeger> {
    const ports: Ports = {
      otlpGrpc: await freePort(),
      otlpHttp: await freePort(),
      thriftHttp: await freePort(),
      thriftBinary: await freePort(),
      queryHttp: await freePort(),
      queryGrpc: await freePort(),
    };
    const folder = ServiceFolder.create('jaeger');
    const file = join(folder.path, 'jaeger.json');
    writeFileSync(file, JSON.stringify(configuration(ports)));
    const process = await ServiceProcess.start({
      name: `Jaeger at 127.0.0.1:${ports.queryHttp}`,
      command: [findTool('jaeger').command, '--config', file],
      folder,
      stopSignal: 'SIGTERM',
      probe: async () => {
        const { ok, status } = await fetch(`http://127.0.0.1:${ports.queryHttp}/api/services`);
        if (!ok) throw new Error(`its list of services answers ${status}`);
      },
    });
    return new Jaeger(ports, process);
  }

  /** The spans of a trace, in no order; empty while there are none. */
  async trace(traceId: string): Promise<readonly JaegerSpan[]> {
    const response = await fetch(`http://127.0.0.1:${this.ports.queryHttp}/api/traces/${traceId}`);
    if (response.status === 404) {
      await response.body?.cancel();
      return [];
    }
    const { data } = (await response.json()) as TraceAnswer;
    const [{ spans, processes }] = data;
    return spans.map(({ traceID, spanID, operationName, processID, references, tags }) => {
      const parent = references.find(({ refType, traceID: of }) => refType === 'CHILD_OF' && of === traceID);
      return {
        traceId: traceID,
        spanId: spanID,
        service: processes[processID]?.serviceName ?? '',
        name: operationName,
        parentId: parent?.spanID,
        links: references
          .filter((reference) => reference !== parent)
          .map((reference) => ({ traceId: reference.traceID, spanId: reference.spanID })),
        tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])),
      };
    });
  }

  /** The spans of a trace once those of these names are there: `service name`. */
  async traceWith(traceId: string, ...names: readonly string[]): Promise<readonly JaegerSpan[]> {
    for (;;) {
      const spans = await this.trace(traceId);
      if (names.every((name) => spans.some((span) => `${span.service} ${span.name}` === name))) return spans;
      await wait(POLL_MS);
    }
  }

  /** Ends it, and what it has kept; `restart` starts an empty one at the same ports. */
  kill(): Promise<void> {
    return this.#process.kill();
  }

  /** It takes connections and answers nothing. */
  pause(): void {
    this.#process.pause();
  }

  restart(): Promise<void> {
    return this.#process.restart();
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }
}

function configuration(ports: Ports): object {
  const at = (port: number) => ({ endpoint: `127.0.0.1:${port}` });
  return {
    service: {
      extensions: ['jaeger_storage', 'jaeger_query'],
      pipelines: { traces: { receivers: ['otlp', 'jaeger'], exporters: ['jaeger_storage_exporter'] } },
      telemetry: { metrics: { level: 'none' } },
    },
    extensions: {
      jaeger_storage: { backends: { memory: { memory: { max_traces: 10_000 } } } },
      jaeger_query: { storage: { traces: 'memory' }, http: at(ports.queryHttp), grpc: at(ports.queryGrpc) },
    },
    receivers: {
      otlp: { protocols: { grpc: at(ports.otlpGrpc), http: at(ports.otlpHttp) } },
      jaeger: { protocols: { thrift_http: at(ports.thriftHttp), thrift_binary: at(ports.thriftBinary) } },
    },
    exporters: { jaeger_storage_exporter: { trace_storage: 'memory' } },
  };
}
