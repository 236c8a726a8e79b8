import { accessZh } from './access/index.ts';
import { audienceZh } from './audience/index.ts';
import type { Texts } from './base/index.ts';
import { channelsZh } from './channels/index.ts';
import { contentZh } from './content/index.ts';
import { eventsZh } from './events/index.ts';
import { experimentsZh } from './experiments/index.ts';
import { insightZh } from './insight/index.ts';
import { journeysZh } from './journeys/index.ts';
import { matchingZh } from './matching/index.ts';
import { peopleZh } from './people/index.ts';
import { rewardsZh } from './rewards/index.ts';
import { touchpointsZh } from './touchpoints/index.ts';

/** What the rooms say of what does not fit, in Chinese; base has its own. */
export const texts: readonly Texts[] = [
  ...[accessZh, peopleZh, eventsZh, audienceZh, contentZh],
  ...[touchpointsZh, rewardsZh, channelsZh, matchingZh, experimentsZh, journeysZh, insightZh],
];
