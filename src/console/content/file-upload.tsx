import { UploadOutlined } from '@ant-design/icons';
import { Button, Progress, Upload } from 'antd';
import { type ReactNode, useState } from 'react';
import { content, type FileView } from '../api/content.ts';
import { useSay } from '../ui/undo.tsx';

export const ACCEPT = {
  image: 'image/png,image/jpeg,image/gif,image/webp',
  video: 'video/mp4,video/webm,video/quicktime',
  audio: 'audio/*',
} as const;

/** Sends a file to the store and hands over what it is. */
export function FileUpload({
  accept,
  onFile,
  children,
  danger,
  testId,
}: {
  accept: keyof typeof ACCEPT;
  onFile: (file: FileView) => void;
  children: ReactNode;
  danger?: boolean;
  testId?: string;
}) {
  const say = useSay();
  const [part, setPart] = useState<number>();
  const take = async (file: File) => {
    setPart(0);
    try {
      onFile(await content.addFile(file, setPart));
    } catch (error) {
      say.failed(error);
    } finally {
      setPart(undefined);
    }
  };
  return (
    <div className="row">
      <Upload
        accept={ACCEPT[accept]}
        showUploadList={false}
        beforeUpload={(file) => {
          void take(file);
          return false;
        }}
      >
        <Button icon={<UploadOutlined />} loading={part !== undefined} danger={danger ?? false} data-testid={testId}>
          {children}
        </Button>
      </Upload>
      {part !== undefined && part > 0 && <Progress percent={Math.round(part * 100)} size="small" style={{ width: 120 }} />}
    </div>
  );
}
