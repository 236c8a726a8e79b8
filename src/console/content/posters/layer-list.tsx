import {
  ArrowDownOutlined,
  ArrowUpOutlined,
  BorderOutlined,
  DeleteOutlined,
  FontSizeOutlined,
  MoneyCollectOutlined,
  PictureOutlined,
  PlusOutlined,
  QrcodeOutlined,
  UserOutlined,
} from '@ant-design/icons';
import { Button, Card, Dropdown } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { PosterDoc, PosterLayer } from '../../api/posters.ts';
import { newLayer } from './blank.ts';

const ICON: Record<PosterLayer['type'], ReactNode> = {
  text: <FontSizeOutlined />,
  price: <MoneyCollectOutlined />,
  picture: <PictureOutlined />,
  avatar: <UserOutlined />,
  code: <QrcodeOutlined />,
  box: <BorderOutlined />,
};
const TYPES = Object.keys(ICON) as PosterLayer['type'][];

interface Props {
  doc: PosterDoc;
  chosen: string | undefined;
  grave: ReadonlySet<string | null>;
  onChoose: (id: string | undefined) => void;
  onLayers: (layers: PosterLayer[]) => void;
}

/** Layers, the uppermost first. */
export function LayerList({ doc, chosen, grave, onChoose, onLayers }: Props) {
  const { t } = useTranslation();
  const swap = (i: number, j: number) => {
    const layers = [...doc.layers];
    [layers[i], layers[j]] = [layers[j]!, layers[i]!];
    onLayers(layers);
  };
  const add = (type: PosterLayer['type']) => {
    const layer = newLayer(type, doc);
    onLayers([...doc.layers, layer]);
    onChoose(layer.id);
  };
  const name = (layer: PosterLayer) =>
    layer.type === 'text' ? layer.text.replaceAll('\n', ' ') : layer.type === 'price' ? layer.amount : t(`poster.type.${layer.type}`);
  return (
    <Card
      size="small"
      title={t('poster.layers')}
      extra={
        <Dropdown
          menu={{
            items: TYPES.map((type) => ({ key: type, icon: ICON[type], label: t(`poster.type.${type}`) })),
            onClick: ({ key }) => add(key as PosterLayer['type']),
          }}
        >
          <Button size="small" icon={<PlusOutlined />} data-testid="add-layer">
            {t('poster.addLayer')}
          </Button>
        </Dropdown>
      }
    >
      <div className="stack" style={{ gap: 2, maxHeight: 300, overflow: 'auto' }}>
        {doc.layers
          .map((layer, i) => (
            <div
              key={layer.id}
              className="row"
              style={{ gap: 4, borderRadius: 6, paddingInline: 6, background: chosen === layer.id ? 'var(--wash)' : undefined }}
            >
              <button
                type="button"
                className="linklike clip grow"
                onClick={() => onChoose(layer.id)}
                style={{ textAlign: 'left', padding: '6px 0', color: grave.has(layer.id) ? 'var(--bad, #cf1322)' : undefined }}
                data-testid={`pick-${layer.id}`}
              >
                {ICON[layer.type]} {name(layer)}
              </button>
              <Button
                size="small"
                type="text"
                icon={<ArrowUpOutlined />}
                aria-label={t('poster.up')}
                disabled={i === doc.layers.length - 1}
                onClick={() => swap(i, i + 1)}
              />
              <Button
                size="small"
                type="text"
                icon={<ArrowDownOutlined />}
                aria-label={t('poster.down')}
                disabled={i === 0}
                onClick={() => swap(i, i - 1)}
              />
              <Button
                size="small"
                type="text"
                icon={<DeleteOutlined />}
                aria-label={t('common.delete')}
                onClick={() => onLayers(doc.layers.filter((one) => one.id !== layer.id))}
              />
            </div>
          ))
          .reverse()}
      </div>
    </Card>
  );
}
