import { describeKillCampaign } from '../../support/replicas/kill-campaign.js';

describeKillCampaign('postgres', { kills: 20, storeKills: 10 });
