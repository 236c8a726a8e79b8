import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Tag, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { type Consent, privacy } from '../../api/privacy.ts';
import { useMay } from '../../shell/session.tsx';
import { Time } from '../../ui/bits.tsx';
import { useSay } from '../../ui/undo.tsx';

/** What a person said about being written to. */
export function Consents({ personId }: { personId: string }) {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const client = useQueryClient();
  const query = useQuery({ queryKey: ['person', personId, 'consents'], queryFn: () => privacy.consents(personId) });
  const about = (c: Pick<Consent, 'purpose' | 'channel'>) =>
    `${c.purpose === '*' ? t('privacy.allPurposes') : c.purpose} · ${c.channel === '*' ? t('privacy.allChannels') : c.channel}`;
  const put = (granted: boolean) =>
    privacy
      .setConsent(personId, { purpose: '*', channel: '*', granted })
      .then(() => client.invalidateQueries({ queryKey: ['person', personId] }))
      .catch(say.failed);
  const items = query.data?.items ?? [];
  return (
    <div className="stack tight" data-testid="consents">
      <b style={{ fontWeight: 500 }}>{t('privacy.consents')}</b>
      {query.isSuccess && !items.length && <span className="soft small">{t('privacy.noConsents')}</span>}
      {items.map((c) => (
        <div key={`${c.purpose} ${c.channel}`} className="row between small">
          <span>{about(c)}</span>
          <Tooltip title={<Time value={c.at} full />}>
            <Tag color={c.granted ? 'green' : 'red'} style={{ marginInlineEnd: 0 }}>
              {t(c.granted ? 'privacy.granted' : 'privacy.refused')}
            </Tag>
          </Tooltip>
        </div>
      ))}
      {(query.data?.history ?? []).slice(0, 5).map((c) => (
        <span key={`${c.at} ${c.purpose} ${c.channel}`} className="soft small">
          <Time value={c.at} /> · {about(c)} · {t(c.granted ? 'privacy.granted' : 'privacy.refused')} · {c.by ?? c.source}
        </span>
      ))}
      {may('people.write') && (
        <span className="row" style={{ gap: 8 }}>
          <Button size="small" onClick={() => put(true)}>
            {t('privacy.allow')}
          </Button>
          <Button size="small" onClick={() => put(false)}>
            {t('privacy.refuse')}
          </Button>
        </span>
      )}
    </div>
  );
}
