import { AppstoreOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { sop } from '../api/sop.ts';
import { useAskApproval } from '../reach/approval-ask.tsx';
import { usePhone } from '../ui/hooks.ts';
import { useLabels } from '../ui/labels.tsx';
import { Loading } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';
import '../journeys/templates.css';

/** Calendars that most pools begin with; `button`: behind a button. */
export function SopTemplates({ button = false }: { button?: boolean }) {
  const { t } = useTranslation();
  const phone = usePhone();
  const [open, setOpen] = useState(false);
  if (!button) return <List />;
  return (
    <>
      <Button icon={<AppstoreOutlined />} onClick={() => setOpen(true)} data-testid="sop-open-templates">
        {t('sop.templates')}
      </Button>
      <Drawer
        open={open}
        onClose={() => setOpen(false)}
        title={t('sop.templates')}
        size={phone ? '85%' : 560}
        placement={phone ? 'bottom' : 'right'}
      >
        {open && <List done={() => setOpen(false)} />}
      </Drawer>
    </>
  );
}

function List({ done }: { done?: () => void }) {
  const { t } = useTranslation();
  const { named } = useLabels();
  const say = useSay();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const askApproval = useAskApproval();
  const query = useQuery({ queryKey: ['sop', 'templates'], queryFn: sop.templates, staleTime: 600_000 });
  if (query.isError) return <ProblemView error={query.error} retry={() => query.refetch()} />;
  if (!query.data) return <Loading />;
  const take = async (key: string) => {
    setBusy(true);
    try {
      const made = await sop.fromTemplate(key);
      await client.invalidateQueries();
      say.done(t(made.kind === 'moment' ? 'sop.momentsMade' : 'sop.templateMade'));
      done?.();
      if (made.kind === 'person') navigate(`/sop/${made.id}`);
      else if (made.kind === 'group') navigate(`/groups/calendar?view=plans&plan=${made.id}`);
      else navigate('/sop?span=month');
    } catch (error) {
      if (!askApproval(error)) say.failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="jtemplates" data-testid="sop-templates">
      {query.data.items.map((one) => (
        <button
          key={one.key}
          type="button"
          className="jtemplate"
          disabled={busy}
          onClick={() => take(one.key)}
          data-testid={`sop-template-${one.key}`}
        >
          <b>{named(one.name, one.key)}</b>
          <span className="soft small">
            <span className={`sdot ${one.kind}`} /> {t(`sop.kind.${one.kind}`)} · {t('sop.messages', { n: one.messages })}
          </span>
          <span className="soft small">{named(one.about, '')}</span>
        </button>
      ))}
    </div>
  );
}
