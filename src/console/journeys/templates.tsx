import { AppstoreOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { journeys } from '../api/journeys.ts';
import { usePhone } from '../ui/hooks.ts';
import { useLabels } from '../ui/labels.tsx';
import { Loading } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';
import './templates.css';

/** Journeys that most pools begin with: taken up, with the words and coupons that they need, as drafts. */
export function Templates() {
  const { t } = useTranslation();
  const { named } = useLabels();
  const say = useSay();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [busy, setBusy] = useState<string>();
  const query = useQuery({ queryKey: ['journeys', 'templates'], queryFn: journeys.templates, staleTime: 600_000 });
  if (query.isError) return <ProblemView error={query.error} retry={() => query.refetch()} />;
  if (!query.data) return <Loading />;
  const take = async (key: string) => {
    setBusy(key);
    try {
      const made = await journeys.fromTemplate(key);
      await client.invalidateQueries();
      say.done(t('journey.templateMade'));
      navigate(`/journeys/${made.id}`);
    } catch (error) {
      say.failed(error);
    } finally {
      setBusy(undefined);
    }
  };
  return (
    <div className="jtemplates" data-testid="templates">
      {query.data.items.map((one) => (
        <button
          key={one.key}
          type="button"
          className="jtemplate"
          disabled={busy !== undefined}
          onClick={() => take(one.key)}
          data-testid={`template-${one.key}`}
        >
          <b>{named(one.name, one.key)}</b>
          <span className="soft small">{named(one.about, '')}</span>
        </button>
      ))}
    </div>
  );
}

export function TemplatesButton() {
  const { t } = useTranslation();
  const phone = usePhone();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button icon={<AppstoreOutlined />} onClick={() => setOpen(true)} data-testid="open-templates">
        {t('journey.templates')}
      </Button>
      <Drawer
        open={open}
        onClose={() => setOpen(false)}
        title={t('journey.templates')}
        size={phone ? '85%' : 640}
        placement={phone ? 'bottom' : 'right'}
      >
        {open && <Templates />}
      </Drawer>
    </>
  );
}
