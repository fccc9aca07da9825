import { describeKillCampaign } from '../../support/replicas/kill-campaign.js';

// Cassandra takes some seconds to start again: `npm run campaign:replicas` kills it more often.
describeKillCampaign('cassandra', { kills: 10, storeKills: 3 });
