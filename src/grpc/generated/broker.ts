import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { BrokerClient as _broker_BrokerClient, BrokerDefinition as _broker_BrokerDefinition } from './broker/Broker.js';
import type { FetchRequest as _broker_FetchRequest, FetchRequest__Output as _broker_FetchRequest__Output } from './broker/FetchRequest.js';
import type { MessageResponse as _broker_MessageResponse, MessageResponse__Output as _broker_MessageResponse__Output } from './broker/MessageResponse.js';
import type { PublishRequest as _broker_PublishRequest, PublishRequest__Output as _broker_PublishRequest__Output } from './broker/PublishRequest.js';
import type { PublishResponse as _broker_PublishResponse, PublishResponse__Output as _broker_PublishResponse__Output } from './broker/PublishResponse.js';
import type { SubscribeRequest as _broker_SubscribeRequest, SubscribeRequest__Output as _broker_SubscribeRequest__Output } from './broker/SubscribeRequest.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  broker: {
    Broker: SubtypeConstructor<typeof grpc.Client, _broker_BrokerClient> & { service: _broker_BrokerDefinition }
    FetchRequest: MessageTypeDefinition<_broker_FetchRequest, _broker_FetchRequest__Output>
    MessageResponse: MessageTypeDefinition<_broker_MessageResponse, _broker_MessageResponse__Output>
    PublishRequest: MessageTypeDefinition<_broker_PublishRequest, _broker_PublishRequest__Output>
    PublishResponse: MessageTypeDefinition<_broker_PublishResponse, _broker_PublishResponse__Output>
    SubscribeRequest: MessageTypeDefinition<_broker_SubscribeRequest, _broker_SubscribeRequest__Output>
  }
}

