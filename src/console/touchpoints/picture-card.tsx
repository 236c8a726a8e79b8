import { Button, Card, Input, Select, Switch, Upload } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keep, type Touchpoint, touchpoints } from '../api/touchpoints.ts';
import { useMay } from '../shell/session.tsx';
import { CopyButton } from '../ui/bits.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';
import { CodePicture, PointState } from './bits.tsx';

/** The code itself: to look at, to print, to replace. */
export function PictureCard({ point, refresh }: { point: Touchpoint; refresh: () => Promise<unknown> }) {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const [level, setLevel] = useState('M');
  const [caption, setCaption] = useState('');
  const [frame, setFrame] = useState(false);
  const [logo, setLogo] = useState(false);
  const query = { level, frame: frame ? '1' : '0', caption, logo: logo ? '1' : '0' };
  const act = async (work: () => Promise<unknown>) => {
    try {
      await work();
      await refresh();
    } catch (error) {
      say.failed(error);
    }
  };
  const download = (format: 'svg' | 'png') =>
    act(async () => keep(await touchpoints.picture(point.id, { ...query, format, width: 1200 }), `${point.name}.${format}`));
  return (
    <Card size="small" title={t('touchpoint.picture')} extra={<PointState point={point} />}>
      <div className="stack">
        {point.fault && <ProblemView error={new Error(point.fault)} compact />}
        {point.content || point.fault === null ? (
          <div style={{ display: 'flex', justifyContent: 'center' }}>
            <CodePicture id={point.id} version={`${point.content}${logo}`} query={query} />
          </div>
        ) : (
          may('touchpoints.write') && <Button onClick={() => act(() => touchpoints.provision(point.id))}>{t('touchpoint.tryAgain')}</Button>
        )}
        {point.content && (
          <>
            <div className="row">
              <span className="clip mono grow">{point.content}</span>
              <CopyButton text={point.content} />
            </div>
            <div className="row wrap">
              <span className="soft small">{t('touchpoint.level')}</span>
              <Select
                size="small"
                value={level}
                onChange={setLevel}
                options={['L', 'M', 'Q', 'H'].map((value) => ({ value, label: value }))}
              />
              <Switch size="small" checked={logo} onChange={setLogo} /> <span className="small">{t('touchpoint.logo')}</span>
              <Switch size="small" checked={frame} onChange={setFrame} /> <span className="small">{t('touchpoint.frame')}</span>
            </div>
            {frame && (
              <Input
                size="small"
                value={caption}
                placeholder={point.name}
                maxLength={40}
                onChange={(event) => setCaption(event.target.value)}
              />
            )}
            <div className="row wrap">
              <Button size="small" onClick={() => download('png')}>
                PNG
              </Button>
              <Button size="small" onClick={() => download('svg')}>
                SVG
              </Button>
              {may('touchpoints.write') && (
                <Upload
                  accept="image/*"
                  showUploadList={false}
                  beforeUpload={(picture) => {
                    void act(() => touchpoints.setLogo(picture)).then(() => setLogo(true));
                    return false;
                  }}
                >
                  <Button size="small">{t('touchpoint.setLogo')}</Button>
                </Upload>
              )}
            </div>
          </>
        )}
        {point.kind === 'static_code' && may('touchpoints.write') && (
          <Upload
            accept="image/*"
            showUploadList={false}
            beforeUpload={(picture) => {
              void act(() => touchpoints.replace(point.id, picture));
              return false;
            }}
          >
            <Button block>{t('touchpoint.replace')}</Button>
          </Upload>
        )}
      </div>
    </Card>
  );
}
