type Raw = Record<string, unknown>;

const carriers: Record<string, string> = { js: 'web', miniprogram: 'mini_program', android: 'app', ios: 'app', harmonyos: 'app' };

/** What the SDK's own properties say of where it ran, as the Segment spec has it. */
export function contextOf(record: Raw, p: Raw): Raw {
  const lib = (typeof record.lib === 'object' && record.lib !== null ? record.lib : {}) as Raw;
  const name = String(lib.$lib ?? p.$lib ?? 'unknown').slice(0, 60);
  const carrier = Object.entries(carriers).find(([key]) => name.toLowerCase().endsWith(key))?.[1];
  return compact({
    library: compact({ name: `sensors-${name}`, version: lib.$lib_version ?? p.$lib_version }),
    carrier,
    page: compact({ url: p.$url, path: p.$url_path, title: p.$title, referrer: p.$referrer }),
    campaign: compact({ source: p.$utm_source, medium: p.$utm_medium, name: p.$utm_campaign, term: p.$utm_term, content: p.$utm_content }),
    screen: compact({ width: p.$screen_width, height: p.$screen_height }),
    os: compact({ name: p.$os, version: p.$os_version }),
    device: compact({ manufacturer: p.$manufacturer, model: p.$model }),
    app: compact({ namespace: p.$app_id, version: p.$app_version, name: p.$app_name }),
    network: compact({ type: p.$network_type }),
    userAgent: p.$user_agent,
    ip: p.$ip,
  });
}

/** Without what is not there. */
function compact(given: Raw): Raw {
  return Object.fromEntries(
    Object.entries(given).filter(
      ([, v]) => v !== undefined && v !== null && v !== '' && !(typeof v === 'object' && Object.keys(v).length === 0),
    ),
  );
}
