import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PosterDoc, PosterLayer } from '../../api/posters.ts';

type Place = Pick<PosterLayer, 'x' | 'y' | 'width' | 'height'>;
const STEPS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
/** A layer comes to rest on the middle and the edges of others within so many dots. */
const NEAR = 6;

interface Props {
  doc: PosterDoc;
  picture: string | undefined;
  busy: boolean;
  chosen: string | undefined;
  onChoose: (id: string | undefined) => void;
  onPlace: (id: string, place: Place) => void;
}

/** The picture as the server draws it, with layers to take hold of. */
export function Stage({ doc, picture, busy, chosen, onChoose, onPlace }: Props) {
  const { t } = useTranslation();
  const ground = useRef<HTMLDivElement>(null);
  const hold = useRef<{ id: string; x: number; y: number; was: Place; sizing: boolean; moved: boolean }>(undefined);
  const [moving, setMoving] = useState<{ id: string; place: Place }>();
  const scale = () => doc.width / (ground.current?.clientWidth || doc.width);

  const take = (event: PointerEvent<HTMLElement>, layer: PosterLayer, sizing: boolean) => {
    if (event.button !== 0) return;
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    const { x, y, width, height } = layer;
    hold.current = { id: layer.id, x: event.clientX, y: event.clientY, was: { x, y, width, height }, sizing, moved: false };
    onChoose(layer.id);
  };
  const move = (event: PointerEvent<HTMLElement>) => {
    const held = hold.current;
    if (!held) return;
    const [dx, dy] = [(event.clientX - held.x) * scale(), (event.clientY - held.y) * scale()];
    if (!held.moved && Math.hypot(dx, dy) < 3 * scale()) return;
    held.moved = true;
    setMoving({ id: held.id, place: held.sizing ? sized(doc, held.id, held.was, dx, dy) : settled(doc, held.id, held.was, dx, dy) });
  };
  const drop = () => {
    const held = hold.current;
    hold.current = undefined;
    if (held?.moved && moving) onPlace(held.id, moving.place);
    setMoving(undefined);
  };
  const nudge = (event: KeyboardEvent, layer: PosterLayer) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const by = event.shiftKey ? 10 : 1;
    const { width, height } = layer;
    onPlace(layer.id, { x: layer.x + step[0] * by, y: layer.y + step[1] * by, width, height });
  };
  const part = (n: number, of: number) => `${(n / of) * 100}%`;

  return (
    <div
      ref={ground}
      data-testid="poster-stage"
      style={{
        position: 'relative',
        width: '100%',
        aspectRatio: `${doc.width} / ${doc.height}`,
        background: 'var(--wash)',
        overflow: 'hidden',
        borderRadius: 8,
        boxShadow: '0 2px 14px #0002',
      }}
    >
      {picture && (
        <img src={picture} alt="" draggable={false} style={{ width: '100%', height: '100%', display: 'block', opacity: busy ? 0.85 : 1 }} />
      )}
      {doc.layers.map((layer) => {
        const place = moving?.id === layer.id ? moving.place : layer;
        const on = chosen === layer.id;
        return (
          // biome-ignore lint/a11y/useSemanticElements: a button cannot hold the handle that sizes it
          <div
            key={layer.id}
            role="button"
            tabIndex={0}
            aria-label={`${t(`poster.type.${layer.type}`)} ${layer.id}`}
            data-testid={`layer-${layer.id}`}
            onPointerDown={(event) => take(event, layer, false)}
            onPointerMove={move}
            onPointerUp={drop}
            onPointerCancel={drop}
            onFocus={() => onChoose(layer.id)}
            onKeyDown={(event) => nudge(event, layer)}
            style={{
              ...{ position: 'absolute', left: part(place.x, doc.width), top: part(place.y, doc.height) },
              ...{ width: part(place.width, doc.width), height: part(place.height, doc.height), cursor: 'move' },
              outline: on ? '2px solid #1677ff' : '1px dashed transparent',
              background: moving?.id === layer.id ? '#1677ff22' : 'none',
              // A finger that scrolls the page passes over what it has not chosen.
              touchAction: on ? 'none' : 'auto',
            }}
          >
            {on && (
              <span
                data-testid="layer-size"
                onPointerDown={(event) => take(event, layer, true)}
                onPointerMove={move}
                onPointerUp={drop}
                style={{
                  position: 'absolute',
                  right: -10,
                  bottom: -10,
                  width: 20,
                  height: 20,
                  borderRadius: 10,
                  background: '#1677ff',
                  border: '3px solid #fff',
                  cursor: 'nwse-resize',
                  touchAction: 'none',
                }}
              />
            )}
          </div>
        );
      })}
    </div>
  );
}

function sized(doc: PosterDoc, id: string, was: Place, dx: number, dy: number): Place {
  const layer = doc.layers.find((one) => one.id === id);
  const square = layer?.type === 'code' || layer?.type === 'avatar';
  const width = Math.max(10, Math.round(was.width + (square ? Math.max(dx, dy) : dx)));
  return { ...was, width, height: square ? width : Math.max(10, Math.round(was.height + dy)) };
}

function settled(doc: PosterDoc, id: string, was: Place, dx: number, dy: number): Place {
  const others = doc.layers.filter((one) => one.id !== id);
  const near = (at: number, length: number, whole: number, edges: number[]): number => {
    for (const target of [(whole - length) / 2, ...edges, ...edges.map((edge) => edge - length)])
      if (Math.abs(target - at) < NEAR) return Math.round(target);
    return Math.round(at);
  };
  return {
    ...was,
    x: near(
      was.x + dx,
      was.width,
      doc.width,
      others.flatMap((one) => [one.x, one.x + one.width]),
    ),
    y: near(
      was.y + dy,
      was.height,
      doc.height,
      others.flatMap((one) => [one.y, one.y + one.height]),
    ),
  };
}
