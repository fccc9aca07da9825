import type { Command } from 'commander';
import { formatDurationMs } from '../../config/duration.js';
import { formatSize } from '../../config/size.js';
import { type ServerInfo, type WaybillClient, WaybillError } from '../../client/index.js';
import { clientCommand, withClient } from '../client-command.js';
import { formatTime } from '../message-view.js';
import type { Terminal } from '../terminal.js';

export function infoCommand(terminal: Terminal): Command {
  const { command, flags: configFlags } = clientCommand(
    'info',
    'show version, storage, health and limits of the server',
  );
  return command.action((flags: object) =>
    withClient(terminal, configFlags, { ...flags }, async ({ client, output, signal }) => {
      const [info, health] = await Promise.all([client.admin.serverInfo({ signal }), healthOf(client, signal)]);
      if (output.json) {
        const { startTimeUs, ...rest } = info;
        await output.record({ ...rest, startTime: formatTime(startTimeUs), health });
      } else {
        await output.table(['Property', 'Value'], rows(info, health));
      }
    }),
  );
}

/** A server may offer no health over gRPC. */
async function healthOf(client: WaybillClient, signal: AbortSignal): Promise<string> {
  try {
    return await client.health('', { signal });
  } catch (error) {
    if (error instanceof WaybillError && error.reason === 'METHOD_UNKNOWN') return 'not offered';
    throw error;
  }
}

function rows({ version, startTimeUs, storage, limits }: ServerInfo, health: string): readonly (readonly string[])[] {
  const duration = (ms: number | undefined): string => (ms === undefined ? 'none' : formatDurationMs(ms));
  const yesOrNo = (value: boolean): string => (value ? 'yes' : 'no');
  return [
    ['version', version],
    ['health', health],
    ['serving since', formatTime(startTimeUs)],
    ['storage', storage.name],
    ['epoch of the log', storage.epoch],
    ['acknowledged messages survive', SURVIVES[storage.durability]],
    ['batches atomic across subjects', yesOrNo(storage.atomicAcrossSubjects)],
    ['shared by replicas', yesOrNo(storage.shared)],
    ['total order', yesOrNo(storage.totalOrder)],
    ['largest message', formatSize(limits.maxMessageBytes)],
    ['longest subject', formatSize(limits.maxSubjectBytes)],
    ['headers', `${limits.maxHeaders}, ${formatSize(limits.maxHeaderBytes)}`],
    ['messages in a batch', String(limits.maxBatchMessages)],
    ['subjects of a subscription', String(limits.maxSubjectsPerSubscription)],
    ['streams on a connection', String(limits.maxStreamsPerConnection)],
    ['idempotency keys', `${limits.maxIdempotencyKeyBytes} bytes, ${duration(limits.idempotencyWindowMs)}`],
    ['default time to live', duration(limits.defaultTtlMs)],
    ['longest time to live', duration(limits.maxTtlMs)],
  ];
}

const SURVIVES = {
  none: 'nothing',
  process: 'a kill of the broker',
  machine: 'a kill of the broker and loss of power',
} as const;
