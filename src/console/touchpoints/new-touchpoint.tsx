import { useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Form, Input, Select, Upload } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { KINDS, type Kind, type NewTouchpoint, touchpoints } from '../api/touchpoints.ts';
import { usePhone } from '../ui/hooks.ts';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';

export interface Draft {
  kind: Kind;
  name: string;
  place: string;
  campaign: string;
  owner: string;
  tags: string[];
  url: string;
  content: string;
  userIds: string[];
  chatIds: string[];
  page: string;
}
const blank: Draft = {
  kind: 'live_code',
  name: '',
  place: '',
  campaign: '',
  owner: '',
  tags: [],
  url: '',
  content: '',
  userIds: [],
  chatIds: [],
  page: '',
};

/** What a kind cannot do without. */
const NEEDS: Partial<Record<Kind, keyof Draft>> = {
  static_code: 'content',
  channel_code: 'userIds',
  group_code: 'chatIds',
  mini_code: 'page',
  mini_link: 'page',
  short_link: 'url',
};
const LINKS: Kind[] = ['short_link', 'poster', 'store', 'staff', 'ad', 'account'];

function toBody(draft: Draft): NewTouchpoint {
  const { kind, name, place, campaign, owner, tags } = draft;
  const base = { kind, name: name.trim(), place, campaign, owner, tags };
  if (kind === 'live_code')
    return {
      ...base,
      code: { targets: [], strategy: 'order', special: [], weekly: [], lookAhead: 30, landing: { title: '', text: '', full: '' } },
    };
  if (kind === 'static_code') return { ...base, content: draft.content };
  if (kind === 'channel_code') return { ...base, provide: { userIds: draft.userIds } };
  if (kind === 'group_code') return { ...base, provide: { chatIds: draft.chatIds } };
  if (kind === 'mini_code' || kind === 'mini_link') return { ...base, provide: { page: draft.page } };
  if (kind === 'oa_code') return { ...base, provide: {} };
  return { ...base, ...(draft.url ? { url: draft.url } : {}) };
}

export function NewTouchpointDrawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const phone = usePhone();
  const navigate = useNavigate();
  const client = useQueryClient();
  const say = useSay();
  const [draft, setDraft] = useState(blank);
  const [tried, setTried] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  const need = NEEDS[draft.kind];
  const missing = (field: keyof Draft) => tried && (field === 'name' ? !draft.name.trim() : need === field && draft[field].length === 0);
  const item = (field: keyof Draft) => ({
    validateStatus: missing(field) ? ('error' as const) : ('' as const),
    help: missing(field) ? t('common.required') : undefined,
  });

  const save = async () => {
    setTried(true);
    if (!draft.name.trim() || (need && draft[need].length === 0)) return;
    setBusy(true);
    setFailed(undefined);
    try {
      const made = await touchpoints.create(toBody(draft));
      await client.invalidateQueries({ queryKey: ['touchpoints'] });
      setDraft(blank);
      setTried(false);
      onClose();
      navigate(`/touchpoints/${made.id}`);
    } catch (error) {
      setFailed(error);
    } finally {
      setBusy(false);
    }
  };
  const readFile = async (picture: File) => {
    try {
      const { content } = await touchpoints.readPicture(picture);
      content ? set({ content }) : say.failed(new Error(t('touchpoint.unread')));
    } catch (error) {
      say.failed(error);
    }
  };

  return (
    <Drawer
      title={t('touchpoint.create')}
      open={open}
      onClose={onClose}
      size={phone ? '100%' : 480}
      footer={
        <Button type="primary" block onClick={save} loading={busy} data-testid="save-touchpoint">
          {t('common.save')}
        </Button>
      }
    >
      <Form layout="vertical" component="div">
        <Form.Item label={t('touchpoint.kind')} extra={t(`touchpoint.kindHint.${draft.kind}`)}>
          <Select<Kind>
            value={draft.kind}
            onChange={(kind) => set({ kind })}
            options={KINDS.map((one) => ({ value: one, label: t(`touchpoint.kinds.${one}`) }))}
            data-testid="touchpoint-kind"
          />
        </Form.Item>
        <Form.Item label={t('common.name')} {...item('name')}>
          <Input value={draft.name} maxLength={120} onChange={(event) => set({ name: event.target.value })} data-testid="touchpoint-name" />
        </Form.Item>
        {LINKS.includes(draft.kind) && (
          <Form.Item label={t('touchpoint.url')} {...item('url')}>
            <Input
              value={draft.url}
              inputMode="url"
              placeholder="https://"
              onChange={(event) => set({ url: event.target.value.trim() })}
              data-testid="touchpoint-url"
            />
          </Form.Item>
        )}
        {draft.kind === 'static_code' && (
          <Form.Item label={t('touchpoint.content')} extra={t('touchpoint.contentHint')} {...item('content')}>
            <div className="row">
              <Input
                value={draft.content}
                onChange={(event) => set({ content: event.target.value.trim() })}
                data-testid="touchpoint-content"
              />
              <Upload
                accept="image/*"
                showUploadList={false}
                beforeUpload={(picture) => {
                  void readFile(picture);
                  return false;
                }}
              >
                <Button>{t('touchpoint.upload')}</Button>
              </Upload>
            </div>
          </Form.Item>
        )}
        {draft.kind === 'channel_code' && (
          <Form.Item label={t('touchpoint.userIds')} {...item('userIds')}>
            <Select
              mode="tags"
              value={draft.userIds}
              onChange={(userIds: string[]) => set({ userIds })}
              tokenSeparators={[',', ' ']}
              open={false}
            />
          </Form.Item>
        )}
        {draft.kind === 'group_code' && (
          <Form.Item label={t('touchpoint.chatIds')} {...item('chatIds')}>
            <Select
              mode="tags"
              value={draft.chatIds}
              onChange={(chatIds: string[]) => set({ chatIds })}
              tokenSeparators={[',', ' ']}
              maxCount={5}
              open={false}
            />
          </Form.Item>
        )}
        {(draft.kind === 'mini_code' || draft.kind === 'mini_link') && (
          <Form.Item label={t('touchpoint.page')} {...item('page')}>
            <Input value={draft.page} placeholder="pages/index/index" onChange={(event) => set({ page: event.target.value.trim() })} />
          </Form.Item>
        )}
        <Form.Item label={t('touchpoint.place')}>
          <Input value={draft.place} maxLength={120} onChange={(event) => set({ place: event.target.value })} />
        </Form.Item>
        <Form.Item label={t('touchpoint.campaign')}>
          <Input value={draft.campaign} maxLength={120} onChange={(event) => set({ campaign: event.target.value })} />
        </Form.Item>
        <Form.Item label={t('touchpoint.owner')}>
          <Input value={draft.owner} maxLength={120} onChange={(event) => set({ owner: event.target.value })} />
        </Form.Item>
        <Form.Item label={t('touchpoint.tags')}>
          <Select mode="tags" value={draft.tags} onChange={(tags: string[]) => set({ tags })} tokenSeparators={[',', ' ']} open={false} />
        </Form.Item>
      </Form>
      {failed !== undefined && <ProblemView error={failed} />}
    </Drawer>
  );
}
