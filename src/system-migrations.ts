import { migrations as accessMigrations } from './access/index.ts';
import { migrations as audienceMigrations } from './audience/index.ts';
import { jobMigrations, keyMigrations, type Migration } from './base/index.ts';
import { migrations as channelMigrations } from './channels/index.ts';
import { migrations as contentMigrations } from './content/index.ts';
import { importMigrations } from './events/imports/index.ts';
import { catalogueMigrations, migrations as eventMigrations, healthMigrations, namedMigrations } from './events/index.ts';
import { migrations as experimentMigrations } from './experiments/index.ts';
import { heatMigrations, kocMigrations, positionMigrations, questionMigrations, valueMigrations } from './insight/index.ts';
import { migrations as journeyMigrations } from './journeys/index.ts';
import { migrations as matchingMigrations } from './matching/index.ts';
import { noteMigrations, migrations as peopleMigrations } from './people/index.ts';
import { privacyMigrations } from './people/privacy/index.ts';
import { migrations as rewardMigrations } from './rewards/index.ts';
import { bindingMigrations } from './touchpoints/binding/index.ts';
import { migrations as touchpointMigrations } from './touchpoints/index.ts';
import { sidebarMigrations } from './touchpoints/sidebar/index.ts';

/** The tables of all rooms, in the rooms' order. */
export const migrations: Migration[] = [
  ...jobMigrations,
  ...keyMigrations,
  ...accessMigrations,
  ...peopleMigrations,
  ...noteMigrations,
  ...privacyMigrations,
  ...eventMigrations,
  ...importMigrations,
  ...namedMigrations,
  ...catalogueMigrations,
  ...healthMigrations,
  ...audienceMigrations,
  ...contentMigrations,
  ...touchpointMigrations,
  ...bindingMigrations,
  ...sidebarMigrations,
  ...rewardMigrations,
  ...channelMigrations,
  ...experimentMigrations,
  ...matchingMigrations,
  ...journeyMigrations,
  ...questionMigrations,
  ...positionMigrations,
  ...valueMigrations,
  ...heatMigrations,
  ...kocMigrations,
];
