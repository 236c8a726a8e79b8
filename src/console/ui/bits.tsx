import { CopyOutlined } from '@ant-design/icons';
import { App, Avatar, Button, Tag, Tooltip } from 'antd';
import type { CSSProperties, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { avatarOf, nameOf, type Person } from '../api/people.ts';
import { useFormat } from './format.ts';

export function Time({ value, full }: { value: string | null | undefined; full?: boolean }) {
  const format = useFormat();
  const { t } = useTranslation();
  if (!value) return <span className="soft">{t('common.never')}</span>;
  if (full) return <span className="num">{format.time(value)}</span>;
  return (
    <Tooltip title={`${format.time(value)} (${format.zone})`}>
      <time dateTime={value}>{format.relative(value)}</time>
    </Tooltip>
  );
}

export function PersonFace({ person, size = 28 }: { person: Partial<Person> & { id: string }; size?: number }) {
  const name = nameOf(person);
  const hue = [...person.id].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 360, 7);
  return (
    <Avatar size={size} src={avatarOf(person)} style={{ background: `hsl(${hue} 35% 42%)`, flex: 'none' }}>
      {/^[\w-]*\d{2}$/.test(name) ? name.slice(-2) : [...name][0]?.toUpperCase()}
    </Avatar>
  );
}

export function PersonLink({ person, sub }: { person: Partial<Person> & { id: string; name?: string | null }; sub?: ReactNode }) {
  return (
    <Link to={`/people/${person.id}`} className="row" style={{ color: 'inherit', minWidth: 0 }} data-testid="person-link">
      <PersonFace person={person} />
      <span style={{ minWidth: 0 }}>
        <span className="clip" style={{ display: 'block', fontWeight: 500 }}>
          {nameOf(person)}
        </span>
        {sub && <span className="soft small">{sub}</span>}
      </span>
    </Link>
  );
}

/** A number that opens what is behind it. */
export function Reveal({
  children,
  onClick,
  style,
  title,
  testId,
}: {
  children: ReactNode;
  onClick: () => void;
  style?: CSSProperties;
  title?: string;
  testId?: string;
}) {
  return (
    <button type="button" className="linklike num" style={style} onClick={onClick} title={title} data-testid={testId ?? 'reveal'}>
      {children}
    </button>
  );
}

export function CopyButton({ text, label, testId }: { text: string; label?: string; testId?: string }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Plain http on a remote host has no clipboard API.
      const area = Object.assign(document.createElement('textarea'), { value: text });
      document.body.append(area);
      area.select();
      document.execCommand('copy');
      area.remove();
    }
    message.success(t('common.copied'));
  };
  return (
    <Button size="small" icon={<CopyOutlined />} onClick={copy} data-testid={testId}>
      {label ?? t('common.copy')}
    </Button>
  );
}

export function Dot({ colour, children }: { colour: string; children: ReactNode }) {
  return (
    <Tag variant="filled" style={{ marginInlineEnd: 0 }}>
      <span style={{ display: 'inline-block', width: 8, height: 8, borderRadius: 8, background: colour, marginInlineEnd: 6 }} />
      {children}
    </Tag>
  );
}
