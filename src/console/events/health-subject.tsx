import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { eventName } from '../i18n/event-name.ts';

/** What a finding is about, in words: `version:ios@1.2` → SDK version ios@1.2. */
export function useSubject(): (subject: string) => { kind: string; name: string } {
  const { t } = useTranslation();
  const named = (rest: string) => {
    const at = rest.indexOf('/');
    const [type, event] = [rest.slice(0, at), rest.slice(at + 1)];
    return type === 'track' ? eventName(t, event) : `${t(`event.${type}`, type)} ${event}`.trim();
  };
  return (subject) => {
    if (subject === 'all') return { kind: '', name: t('health.dimension.all') };
    const at = subject.indexOf(':');
    const [dimension, rest] = [subject.slice(0, at), subject.slice(at + 1)];
    const kind = t(`health.dimension.${dimension}`, dimension);
    if (dimension === 'event') return { kind, name: named(rest) };
    if (dimension === 'property') {
      const dot = rest.lastIndexOf('.');
      return { kind, name: `${named(rest.slice(0, dot))} · ${rest.slice(dot + 1)}` };
    }
    return { kind, name: rest };
  };
}

export function Subject({ subject }: { subject: string }) {
  const { t } = useTranslation();
  const { kind, name } = useSubject()(subject);
  if (subject.startsWith('person:'))
    return (
      <span>
        <span className="soft small">{kind} </span>
        <Link to={`/people/${name}`}>{t('health.atPerson')}</Link>
      </span>
    );
  const event = /^(?:event|property):track\/(.*?)(?:\.[^.]+)?$/.exec(subject);
  return (
    <span>
      {kind && <span className="soft small">{kind} </span>}
      {event ? (
        <Link to={`/catalogue?q=${encodeURIComponent(subject.startsWith('event') ? subject.slice(12) : event[1]!)}`}>{name}</Link>
      ) : (
        <b style={{ fontWeight: 500 }}>{name}</b>
      )}
    </span>
  );
}
