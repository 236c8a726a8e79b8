import type { ComponentType } from 'react';
import { createBrowserRouter, redirect } from 'react-router';
import { PageMissing, RouteError } from './shell/route-error.tsx';
import { Shell } from './shell/shell.tsx';

/** Every page is its own piece, fetched when it is first opened. */
const page = (load: () => Promise<{ default: ComponentType }>) => async () => ({ Component: (await load()).default });

export const router = createBrowserRouter([
  { path: '/sign-in', lazy: page(() => import('./access/sign-in.tsx')), HydrateFallback: () => null, errorElement: <RouteError /> },
  {
    path: '/',
    Component: Shell,
    HydrateFallback: () => null,
    errorElement: <RouteError />,
    children: [
      {
        errorElement: <RouteError />,
        children: [
          { index: true, lazy: page(() => import('./overview/overview-page.tsx')) },
          { path: 'people', lazy: page(() => import('./people/people-page.tsx')) },
          { path: 'identity', lazy: page(() => import('./people/identity/identity-page.tsx')) },
          { path: 'people/:id', lazy: page(() => import('./people/person-page.tsx')) },
          { path: 'audiences', lazy: page(() => import('./audience/audiences-page.tsx')) },
          { path: 'audiences/compare', lazy: page(() => import('./audience/compare-page.tsx')) },
          { path: 'audiences/:id', lazy: page(() => import('./audience/audience-page.tsx')) },
          { path: 'tags/:id', lazy: page(() => import('./audience/tag-page.tsx')) },
          { path: 'definitions', lazy: page(() => import('./audience/definitions-page.tsx')) },
          { path: 'ladder', lazy: page(() => import('./insight/ladder-page.tsx')) },
          { path: 'value', lazy: page(() => import('./insight/value-page.tsx')) },
          { path: 'heat', lazy: page(() => import('./insight/heat-page.tsx')) },
          { path: 'touchpoints', lazy: page(() => import('./touchpoints/touchpoints-page.tsx')) },
          { path: 'touchpoints/batches', lazy: page(() => import('./touchpoints/batches-page.tsx')) },
          { path: 'touchpoints/ways', lazy: page(() => import('./touchpoints/ways-page.tsx')) },
          { path: 'touchpoints/trials', lazy: page(() => import('./touchpoints/trials-page.tsx')) },
          { path: 'touchpoints/:id', lazy: page(() => import('./touchpoints/touchpoint-page.tsx')) },
          { path: 'staff', lazy: page(() => import('./staff/staff-page.tsx')) },
          { path: 'content', lazy: page(() => import('./content/content-page.tsx')) },
          { path: 'content/:id', lazy: page(() => import('./content/content-editor-page.tsx')) },
          { path: 'journeys', lazy: page(() => import('./journeys/journeys-page.tsx')) },
          { path: 'journeys/:id', lazy: page(() => import('./journeys/journey-page.tsx')) },
          { path: 'groups', lazy: page(() => import('./groups/groups-page.tsx')) },
          { path: 'groups/calendar', lazy: page(() => import('./groups/calendar-page.tsx')) },
          { path: 'moments', lazy: page(() => import('./reach/moments-page.tsx')) },
          { path: 'reach', lazy: page(() => import('./reach/reach-page.tsx')) },
          { path: 'messages', lazy: page(() => import('./channels/messages-page.tsx')) },
          { path: 'position', lazy: page(() => import('./insight/position-page.tsx')) },
          { path: 'suitability', lazy: page(() => import('./insight/suitability-page.tsx')) },
          { path: 'koc', lazy: page(() => import('./insight/koc-page.tsx')) },
          { path: 'funnel', lazy: page(() => import('./insight/explore/explore-page.tsx')) },
          { path: 'retention', lazy: page(() => import('./insight/explore/explore-page.tsx')) },
          { path: 'explore/:kind?', lazy: page(() => import('./insight/explore/explore-page.tsx')) },
          { path: 'sources', lazy: page(() => import('./events/sources-page.tsx')) },
          { path: 'imports', lazy: page(() => import('./events/imports-page.tsx')) },
          { path: 'imports/:id', lazy: page(() => import('./events/import-page.tsx')) },
          { path: 'health', lazy: page(() => import('./events/health-page.tsx')) },
          { path: 'named-events', lazy: page(() => import('./events/picker-page.tsx')) },
          { path: 'catalogue', lazy: page(() => import('./events/catalogue-page.tsx')) },
          { path: 'settings', loader: () => redirect('/settings/workspace') },
          { path: 'settings/workspace', lazy: page(() => import('./access/workspace-page.tsx')) },
          { path: 'settings/members', lazy: page(() => import('./access/members-page.tsx')) },
          { path: 'settings/keys', lazy: page(() => import('./access/keys-page.tsx')) },
          { path: 'settings/channels', lazy: page(() => import('./channels/channels-page.tsx')) },
          { path: 'settings/policy', lazy: page(() => import('./channels/policy-page.tsx')) },
          { path: 'settings/privacy', lazy: page(() => import('./privacy/privacy-page.tsx')) },
          { path: 'settings/audit', lazy: page(() => import('./privacy/audit-page.tsx')) },
          { path: '*', Component: PageMissing },
        ],
      },
    ],
  },
]);
