import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { posters } from '../../api/posters.ts';

/** A poster as it was saved, small. */
export function PosterPicture({ id, version, height }: { id: string; version: number; height: number }) {
  const query = useQuery({ queryKey: ['posters', id, 'picture', version], queryFn: () => posters.picture(id), staleTime: 300_000 });
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!query.data) return;
    const made = URL.createObjectURL(query.data);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [query.data]);
  return (
    <div style={{ height, background: 'var(--wash)', display: 'grid', placeItems: 'center', overflow: 'hidden' }}>
      {url && <img src={url} alt="" style={{ maxWidth: '100%', maxHeight: height, display: 'block' }} />}
    </div>
  );
}
