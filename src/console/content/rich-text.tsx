import { BoldOutlined, ItalicOutlined, LinkOutlined, OrderedListOutlined, UnorderedListOutlined } from '@ant-design/icons';
import { Button, Input, Popover, Tooltip } from 'antd';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { pictureAddress } from '../api/content.ts';
import { fullAddress } from './draft.ts';
import { FileUpload } from './file-upload.tsx';

/** Words with shape: headings, lists, links, pictures. What is pasted comes as plain words; the server keeps only what an article may hold. */
export function RichText({ value, onChange, wrong }: { value: string; onChange: (html: string) => void; wrong: boolean }) {
  const { t } = useTranslation();
  const area = useRef<HTMLDivElement>(null);
  const range = useRef<Range>(undefined);
  const [url, setUrl] = useState('');
  // What is typed stays where the cursor is: only what comes from elsewhere is put in.
  useEffect(() => {
    if (area.current && area.current.innerHTML !== value) area.current.innerHTML = value;
  }, [value]);
  const tell = () => onChange(area.current?.innerHTML ?? '');
  const keep = () => {
    const chosen = getSelection();
    if (chosen?.rangeCount && area.current?.contains(chosen.anchorNode)) range.current = chosen.getRangeAt(0);
  };
  // The browser's own editing: old, everywhere, and undone by its own undo.
  const act = (command: string, argument?: string) => {
    area.current?.focus();
    if (range.current) {
      const chosen = getSelection();
      chosen?.removeAllRanges();
      chosen?.addRange(range.current);
    }
    document.execCommand(command, false, argument);
    tell();
  };
  const button = (command: string, icon: ReactNode, label: string, argument?: string) => (
    <Tooltip title={label}>
      <Button
        size="small"
        type="text"
        icon={icon}
        aria-label={label}
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => act(command, argument)}
      />
    </Tooltip>
  );
  return (
    <div style={{ border: `1px solid var(${wrong ? '--bad' : '--line'})`, borderRadius: 8 }}>
      <div className="row wrap" style={{ padding: 4, gap: 2, borderBottom: '1px solid var(--line)' }}>
        {button('formatBlock', <b>H</b>, t('content.rich.heading'), 'h2')}
        {button('formatBlock', <span>¶</span>, t('content.rich.paragraph'), 'p')}
        {button('bold', <BoldOutlined />, t('content.rich.bold'))}
        {button('italic', <ItalicOutlined />, t('content.rich.italic'))}
        {button('insertUnorderedList', <UnorderedListOutlined />, t('content.rich.list'))}
        {button('insertOrderedList', <OrderedListOutlined />, t('content.rich.numbers'))}
        <Popover
          trigger="click"
          onOpenChange={(open) => open && keep()}
          content={
            <Input.Search
              value={url}
              placeholder="https://"
              enterButton={t('content.rich.link')}
              onChange={(event) => setUrl(event.target.value.trim())}
              onSearch={() => fullAddress(url) && act('createLink', url)}
              style={{ width: 280 }}
            />
          }
        >
          <Button size="small" type="text" icon={<LinkOutlined />} aria-label={t('content.rich.link')} />
        </Popover>
        <FileUpload accept="image" onFile={(file) => act('insertImage', pictureAddress(file.id))}>
          {t('content.rich.picture')}
        </FileUpload>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a text area holds no shape */}
      <div
        ref={area}
        className="rich-text"
        contentEditable
        role="textbox"
        tabIndex={0}
        aria-multiline="true"
        aria-label={t('content.article')}
        onInput={tell}
        onBlur={keep}
        onPaste={(event) => {
          event.preventDefault();
          document.execCommand('insertText', false, event.clipboardData.getData('text/plain'));
        }}
        style={{ minHeight: 220, maxHeight: 520, overflow: 'auto', padding: 12, lineHeight: 1.75, outline: 'none' }}
        data-testid="content-article"
      />
    </div>
  );
}
