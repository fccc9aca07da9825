import { describeKillCampaign } from '../../support/replicas/kill-campaign.js';

describeKillCampaign('redis', { kills: 20, storeKills: 10 });
