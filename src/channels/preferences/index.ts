export { createPreferenceLinks, type PreferenceAddress, type PreferenceLinks } from './link.ts';
export { createPreferences, type Preferences } from './preferences.ts';
export { preferenceRoutes } from './routes.ts';
