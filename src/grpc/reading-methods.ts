import type { Broker } from '../broker/broker.js';
import type { ListFrom } from '../broker/requests.js';
import { idFrom, positionFrom, timeUsFrom } from './field-values.js';
import type { FetchRequest, FetchRequest__Output } from './generated/waybill/v1/FetchRequest.js';
import type { ListRequest, ListRequest__Output } from './generated/waybill/v1/ListRequest.js';
import { ProtoCodec } from './proto-codec.js';
import type { ServiceMethods } from './rpc-call.js';
import { encodeFetchResponse, encodeListResponse } from './wire/page-codec.js';

const fetchCodec = new ProtoCodec<FetchRequest, FetchRequest__Output>('waybill.v1.FetchRequest');
const listCodec = new ProtoCodec<ListRequest, ListRequest__Output>('waybill.v1.ListRequest');

/** Fetch and List of `waybill.v1.BrokerService`. */
export function readingMethods(broker: Broker): ServiceMethods {
  return {
    Fetch: {
      kind: 'unary',
      handler: async (bytes, { access }) => {
        const { subject, id } = fetchCodec.decode(bytes);
        access.require('fetch', subject);
        return encodeFetchResponse(await broker.fetch(subject, idFrom(id)));
      },
    },
    List: {
      kind: 'unary',
      handler: async (bytes, { access }) => {
        const request = listCodec.decode(bytes);
        const { subject, backwards, pageSize, maxBytes } = request;
        access.require('fetch', subject);
        return encodeListResponse(
          await broker.list({ subject, from: listFrom(request), backwards, pageSize, maxBytes }),
        );
      },
    },
  };
}

function listFrom({ from, fromId, fromTime, pageToken }: ListRequest__Output): ListFrom {
  if (from === 'fromId') return { kind: 'id', id: positionFrom('from_id', fromId ?? '0') };
  if (from === 'fromTime' && fromTime) return { kind: 'time', timeUs: timeUsFrom('from_time', fromTime) };
  // An empty token is what the last page had: a client that sends it back starts anew.
  if (from === 'pageToken' && pageToken) return { kind: 'page', token: pageToken };
  return { kind: 'default' };
}
